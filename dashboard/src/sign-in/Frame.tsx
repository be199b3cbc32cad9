/** What stands around the pages before somebody is here. At one height: neither a fault that comes nor another page moves it. */
import { type ReactNode, useEffect, useRef } from 'react'
import { Mark } from '../shell/Mark'
import { useTitle } from '../shell/useTitle'

export const LINK =
  'inline-flex min-h-6 items-center underline decoration-line-strong underline-offset-3 hover:decoration-ink'

interface FrameProps {
  title: string
  children: ReactNode
  /** Other ways. */
  foot?: ReactNode
}

export function Frame({ title, children, foot }: FrameProps) {
  useTitle(title)
  const frame = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  // Where nothing is to be filled in, reading begins at the title.
  useEffect(() => {
    if (!frame.current?.contains(document.activeElement)) heading.current?.focus()
  }, [title])
  return (
    <main ref={frame} className="h-full overflow-auto px-4 pt-[14vh] pb-4 max-sm:pt-[6vh]">
      <div className="mx-auto w-full max-w-[26rem]">
        <p className="mb-3 flex items-center gap-2 px-5 font-semibold">
          <Mark />
          OmoiOS
        </p>
        <div className="rounded-lg border border-line bg-raised p-5 [&_.state]:mb-4 [&_.state]:p-0 [&_.state]:last:mb-0">
          <h1 ref={heading} tabIndex={-1} className="said mb-4 text-lg font-semibold outline-none">
            {title}
          </h1>
          {children}
        </div>
        {foot && <div className="mt-3 flex flex-wrap gap-x-5 gap-y-1 px-5 text-xs text-ink-2">{foot}</div>}
      </div>
    </main>
  )
}

/** What is so, in a frame without a form. */
export function Said({ children }: { children: ReactNode }) {
  return <p className="said mb-4 text-base text-ink-2 last:mb-0">{children}</p>
}
