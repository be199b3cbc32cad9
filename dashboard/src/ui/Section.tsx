/** A part of a page, with its name. */
import { type ReactNode, useId } from 'react'

export function Section({ title, children }: { title: string; children: ReactNode }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="mb-2 border-b border-line pb-1 text-base font-semibold">
        {title}
      </h2>
      {children}
    </section>
  )
}
