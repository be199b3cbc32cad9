/** Pages that belong together, under one head. */
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface SectionsProps {
  /** Of what they are pages. */
  name: string
  pages: readonly { to: NonNullable<LinkProps['to']>; word: string }[]
  children: ReactNode
}

const ACTIVE = { className: 'font-semibold text-ink shadow-[inset_0_-2px_0_var(--ink)]' }

export function Sections({ name, pages, children }: SectionsProps) {
  return (
    <div className="mx-auto max-w-5xl p-4 [&_.state]:px-0 [&_.state]:pt-0">
      <nav aria-label={name} className="mb-5 flex flex-wrap gap-x-5 border-b border-line">
        {pages.map(({ to, word }) => (
          <Link key={to} to={to} activeOptions={{ exact: true }} activeProps={ACTIVE} className="py-2 text-sm text-ink-2 hover:text-ink">
            {word}
          </Link>
        ))}
      </nav>
      {children}
    </div>
  )
}
