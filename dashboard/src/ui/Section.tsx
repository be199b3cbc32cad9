/** A part of a page, with its name. */
import { type ReactNode, useId } from 'react'

interface SectionProps {
  title: string
  /** The place of it in the address, after `#`. */
  id?: string
  children: ReactNode
}

export function Section({ title, id, children }: SectionProps) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} id={id} className="scroll-mt-4">
      <h2 id={heading} className="mb-2 border-b border-line pb-1 text-base font-semibold">
        {title}
      </h2>
      {children}
    </section>
  )
}
