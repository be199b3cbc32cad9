/** A page that is there, and not for whoever asks. */
import type { ReactNode } from 'react'
import { Glyph } from './Glyph'

export function Forbidden({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="state flex max-w-[68ch] flex-col items-start gap-3 p-4">
      <h2 className="flex items-center gap-2 text-lg font-semibold">
        <Glyph state="cancelled" label={null} />
        {title}
      </h2>
      <div className="text-base text-ink-2">{children}</div>
      {action}
    </div>
  )
}
