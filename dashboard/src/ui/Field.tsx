/** Things to fill in. */
import { type ComponentProps, type ReactNode, useId } from 'react'

const LOOK = 'w-full rounded-md border border-line-strong bg-paper px-2 py-1.5 text-base text-ink placeholder:text-ink-3'

interface Common {
  label: string
  hint?: ReactNode
}

function Labelled({ label, hint, id, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className="mb-3">
      <label htmlFor={id} className="mb-1 block text-xs font-semibold">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-2">
          {hint}
        </p>
      )}
    </div>
  )
}

export function TextField({ label, hint, ...rest }: Common & ComponentProps<'input'>) {
  const id = useId()
  return (
    <Labelled {...{ label, hint, id }}>
      <input id={id} className={LOOK} {...(hint ? { 'aria-describedby': `${id}-hint` } : {})} {...rest} />
    </Labelled>
  )
}

export function TextArea({ label, hint, ...rest }: Common & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <Labelled {...{ label, hint, id }}>
      <textarea id={id} rows={4} className={LOOK} {...rest} />
    </Labelled>
  )
}

export function Choice({ label, hint, children, ...rest }: Common & ComponentProps<'select'>) {
  const id = useId()
  return (
    <Labelled {...{ label, hint, id }}>
      <select id={id} className={LOOK} {...rest}>
        {children}
      </select>
    </Labelled>
  )
}

/** What went wrong with what was sent, read aloud at once. */
export function Refusal({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="said mb-3 min-h-0 text-xs text-failed empty:hidden">
      {children}
    </p>
  )
}
