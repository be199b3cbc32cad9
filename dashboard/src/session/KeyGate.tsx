/** Asks for a key before anything is shown. */
import { type FormEvent, type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { problemOf, unreachable, wordsOf } from '../api/problem'
import { Mark } from '../shell/Mark'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { Command } from '../ui/states'
import { session } from './session'

export function KeyGate({ children }: { children: ReactNode }) {
  const key = useStore(session, (state) => state.key)
  return key === null ? <AskForKey /> : children
}

function AskForKey() {
  useTitle('Sign in')
  const why = useStore(session, (state) => state.why)
  const [refusal, setRefusal] = useState(why)
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const key = String(new FormData(event.currentTarget).get('key') ?? '').trim()
    if (!key) return setRefusal('Paste a key first.')
    setBusy(true)
    try {
      await tryKey(key)
      session.getState().open(key)
    } catch (error) {
      setRefusal(wordsOf(error))
      setBusy(false)
    }
  }

  return (
    <main className="grid h-full place-items-center overflow-auto p-4">
      <form onSubmit={submit} className="w-full max-w-[26rem] rounded-lg border border-line bg-raised p-5">
        <div className="mb-4 flex items-center gap-2 text-lg font-semibold">
          <Mark />
          <h1>OmoiOS</h1>
        </div>
        <Refusal>{refusal}</Refusal>
        <TextField
          label="Key"
          name="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
          hint="It stays in the memory of this tab and is asked for again after a reload."
        />
        <Button kind="primary" type="submit" disabled={busy} className="w-full">
          {busy ? 'Trying the key …' : 'Open'}
        </Button>
        <p className="mt-5 mb-2 text-xs text-ink-2">
          Whoever started the server finds a key in the file <code className="font-mono">operator.key</code> of its data
          directory. This makes one for somebody else:
        </p>
        <Command text="omoi key create --role member" />
      </form>
    </main>
  )
}

/** Throws a `ProblemError` when the key opens nothing. */
async function tryKey(key: string): Promise<void> {
  let response: Response
  try {
    response = await fetch('/api/v1/projects?limit=1', { headers: { authorization: `Bearer ${key}` } })
  } catch (cause) {
    throw unreachable(cause)
  }
  // A role that may not list projects still has a key that opens something.
  if (response.ok || response.status === 403) return
  throw problemOf(response.status, await response.json().catch(() => null))
}
