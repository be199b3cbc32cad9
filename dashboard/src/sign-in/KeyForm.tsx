/** A key in the place of a person: what `omoi up` leaves behind, and what programs use. In the memory of this tab only. */
import { ProblemError, problemOf, unreachable } from '../api/problem'
import { openWithKey } from '../session/session'
import { Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { PasswordField } from '../ui/PasswordField'
import { Command } from '../ui/states'
import { useForm } from '../ui/useForm'

export function KeyForm() {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ key: values.text('key') ? null : 'Paste a key first.' }),
    send: async (values) => {
      await tryKey(values.text('key'))
      openWithKey(values.text('key'))
    },
    about: { unauthenticated: 'key' },
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <PasswordField
        label="Key"
        name="key"
        autoComplete="off"
        autoFocus
        fault={faults['key']}
        hint="It stays in the memory of this tab and is asked for again after a reload."
      />
      <Submit busy={busy} doing="Trying the key …" className="h-8.5 w-full">
        Open
      </Submit>
      <p className="mt-5 mb-2 text-xs text-ink-2">
        Whoever started the server finds a key in the file <code className="font-mono">operator.key</code> of its data
        directory. This makes one for somebody else:
      </p>
      <Command text="omoi key create --role member" />
    </form>
  )
}

/** Throws a `ProblemError` when the key opens nothing. */
async function tryKey(key: string): Promise<void> {
  let response: Response
  try {
    response = await fetch('/api/v1/projects?limit=1', { headers: { authorization: `Bearer ${key}` } })
  } catch (cause) {
    throw cause instanceof TypeError && isNoHeader(key)
      ? new ProblemError('unauthenticated', 401, 'This is no key: it holds signs that no key has.')
      : unreachable(cause)
  }
  // A role that may not list projects still has a key that opens something.
  if (response.ok || response.status === 403) return
  if (response.status === 401) throw new ProblemError('unauthenticated', 401, 'This key opens nothing here. Paste another one.')
  throw problemOf(response.status, await response.json().catch(() => null))
}

/** What a header cannot carry is refused by the browser and not by the server. */
const isNoHeader = (text: string): boolean => /[^\x21-\x7e]/.test(text)
