/** Buttons are ink on paper; the primary one is reversed. None has a colour of its own. */
import type { ComponentProps } from 'react'

type Kind = 'primary' | 'plain' | 'quiet'

const LOOK: Record<Kind, string> = {
  primary: 'bg-ink text-paper hover:bg-ink-2 font-semibold',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-sunk',
  quiet: 'text-ink-2 hover:bg-sunk hover:text-ink',
}

interface ButtonProps extends ComponentProps<'button'> {
  kind?: Kind
}

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonLook(kind)} ${className}`} {...rest} />
}

export const buttonLook = (kind: Kind): string =>
  `inline-flex h-7 min-w-6 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-xs disabled:opacity-50 aria-disabled:opacity-50 ${LOOK[kind]}`

/** Sends a form. While it does it says so, and stays where the focus is. */
export function Submit({ busy, doing, ...rest }: ButtonProps & { busy: boolean; doing: string }) {
  return (
    <Button kind="primary" type="submit" aria-disabled={busy || undefined} {...rest}>
      {busy ? doing : rest.children}
    </Button>
  )
}
