/** A password: hidden unless somebody wants to see it. */
import { type ComponentProps, type ReactNode, useState } from 'react'
import { FIELD, Labelled } from './Field'

interface PasswordFieldProps extends ComponentProps<'input'> {
  label: string
  autoComplete: 'current-password' | 'new-password' | 'off'
  hint?: ReactNode
  fault?: ReactNode
}

export function PasswordField({ label, hint, fault, ...rest }: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <Labelled {...{ label, hint, fault }}>
      {(described) => (
        <span className="flex gap-1.5">
          <input
            {...described}
            type={shown ? 'text' : 'password'}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            className={`${FIELD} min-w-0`}
            {...rest}
          />
          <button
            type="button"
            aria-pressed={shown}
            aria-label={`Show what is written: ${label.toLowerCase()}`}
            className="w-14 shrink-0 rounded-md border border-line-strong bg-raised text-xs text-ink hover:bg-sunk"
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        </span>
      )}
    </Labelled>
  )
}

/** As many characters as a new password needs; the server decides whether it would be guessed. */
export const LEAST = 12
const MOST = 128

/** What is wrong with a new password, as far as one can count. */
export function faultOfNew(password: string): string | null {
  const count = lengthOf(password)
  if (count === 0) return 'Choose a password.'
  if (count < LEAST) return `Use at least ${LEAST} characters, such as four unrelated words. This has ${count}.`
  return count > MOST ? `Use at most ${MOST} characters. This has ${count}.` : null
}

/** A password that somebody chooses, with a hint that counts along. */
export function NewPasswordField(props: Omit<PasswordFieldProps, 'autoComplete' | 'hint' | 'onInput'>) {
  const [count, setCount] = useState(0)
  const more = LEAST - count
  return (
    <PasswordField
      {...props}
      autoComplete="new-password"
      hint={
        // Not a live region: it would count aloud at each key. The hint is read with the field.
        count === 0
          ? `At least ${LEAST} characters, such as four unrelated words.`
          : more > 0
            ? `${more} more ${more === 1 ? 'character' : 'characters'}.`
            : 'Long enough.'
      }
      onInput={(event) => setCount(lengthOf(event.currentTarget.value))}
    />
  )
}

/** Counted as the server counts: by characters, whatever keyboard made them. */
const lengthOf = (text: string): number => [...text.normalize('NFC')].length
