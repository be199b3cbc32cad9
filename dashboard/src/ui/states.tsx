/** Loading, empty, failed: the states that each page has besides the good one. `Forbidden.tsx` has the fourth. */
import type { ReactNode } from 'react'
import { mayPass, wordsOf } from '../api/problem'
import { Button } from './Button'
import { Glyph } from './Glyph'

export function Loading({ what }: { what: string }) {
  // Words and no shimmer: what moves draws the eye away from what matters.
  return (
    <p role="status" className="state p-4 text-ink-2">
      Reading {what} …
    </p>
  )
}

interface FailedProps {
  error: unknown
  again?: () => void
}

export function Failed({ error, again }: FailedProps) {
  return (
    <div role="alert" className="state flex flex-col items-start gap-3 p-4">
      <p className="said flex items-start gap-2 text-base">
        <span className="pt-0.5">
          <Glyph state="failed" label={null} />
        </span>
        {wordsOf(error)}
      </p>
      {again && <Button onClick={again}>{mayPass(error) ? 'Try again' : 'Read again'}</Button>}
    </div>
  )
}

interface EmptyProps {
  title: string
  children?: ReactNode
  /** The command that does the same as the button. */
  command?: string
  action?: ReactNode
}

export function Empty({ title, children, command, action }: EmptyProps) {
  return (
    <div className="state flex max-w-[68ch] flex-col items-start gap-3 p-4">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children && <div className="text-base text-ink-2">{children}</div>}
      {command && <Command text={command} />}
      {action}
    </div>
  )
}

export function Command({ text }: { text: string }) {
  return (
    <code className="block max-w-full overflow-x-auto rounded-md border border-line bg-sunk px-3 py-2 font-mono text-sm">
      <span aria-hidden="true" className="text-ink-3 select-none">
        ${' '}
      </span>
      {text}
    </code>
  )
}
