/** How much waits for a person, beside the way to it. It is said when it becomes more. */
import { useEffect, useRef } from 'react'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { useInbox, WAITING } from './useInbox'
import { waitWords } from './words'

/** `aside`: where there is no room beside it, it lies over the corner. */
export default function WaitingCount({ aside }: { aside: boolean }) {
  const { data } = useInbox(WAITING)
  const count = data?.waiting.length
  const whom = useOnlyLooking() ? 'a person' : 'you'
  const before = useRef(count)
  useEffect(() => {
    if (count !== undefined && before.current !== undefined && count > before.current) announce(waitWords(count, whom))
    before.current = count
  }, [count, whom])
  if (!count) return null
  return (
    <>
      <span
        aria-hidden="true"
        className={`rounded-sm border border-line-strong bg-raised px-1 font-mono text-2xs font-semibold text-ink max-sm:absolute max-sm:top-0.5 max-sm:right-1 ${aside ? 'sm:absolute sm:-top-1 sm:-right-1' : 'sm:ml-auto'}`}
      >
        {count > 99 ? '99+' : count}
      </span>
      <span className="sr-only">{waitWords(count, whom)}</span>
    </>
  )
}
