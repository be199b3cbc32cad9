/** Things to fill in. */
import { type ComponentProps, type ReactNode, useId } from 'react'

export const FIELD =
  'w-full rounded-md border border-line-strong bg-paper px-2 py-1.5 text-base text-ink placeholder:text-ink-3 aria-invalid:border-failed'

interface Common {
  label: string
  hint?: ReactNode
  /** What is wrong with what was filled in, and what would be right. */
  fault?: ReactNode
}

interface Described {
  id: string
  'aria-invalid'?: true
  'aria-describedby'?: string
}

/** A label, what is filled in, a hint and a fault; `children` makes the part that is filled in. */
export function Labelled({ label, hint, fault, children }: Common & { children: (described: Described) => ReactNode }) {
  const id = useId()
  const about = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="mb-3">
      <label htmlFor={id} className="mb-1 block text-xs font-semibold">
        {label}
      </label>
      {children({ id, ...(fault ? { 'aria-invalid': true } : {}), ...(about ? { 'aria-describedby': about } : {}) })}
      {fault && (
        <p id={`${id}-fault`} className="said mt-1 text-xs text-failed">
          {fault}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-2">
          {hint}
        </p>
      )}
    </div>
  )
}

export function TextField({ label, hint, fault, ...rest }: Common & ComponentProps<'input'>) {
  return (
    <Labelled {...{ label, hint, fault }}>{(described) => <input {...described} className={FIELD} {...rest} />}</Labelled>
  )
}

export function TextArea({ label, hint, fault, ...rest }: Common & ComponentProps<'textarea'>) {
  return (
    <Labelled {...{ label, hint, fault }}>{(described) => <textarea {...described} rows={4} className={FIELD} {...rest} />}</Labelled>
  )
}

export function Choice({ label, hint, fault, children, ...rest }: Common & ComponentProps<'select'>) {
  return (
    <Labelled {...{ label, hint, fault }}>
      {(described) => (
        <select {...described} className={FIELD} {...rest}>
          {children}
        </select>
      )}
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
