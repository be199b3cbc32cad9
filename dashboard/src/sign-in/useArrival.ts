/** What came in the address, and what is done with it as soon as the page is there. */
import { useEffect, useRef, useState } from 'react'
import { arrivedAt } from '../session/arrival'

/** What the link held, read once. Empty after a reload: the address does not have it any more. */
export function useArrival(page: string): URLSearchParams {
  return useState(() => arrivedAt(page))[0]
}

/** Does it once, also where React mounts twice: what came is good for one use. Answers what went wrong. */
export function useOnce(run: () => Promise<void>): unknown {
  const begun = useRef(false)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    run().catch(setError)
  }, [])
  return error
}
