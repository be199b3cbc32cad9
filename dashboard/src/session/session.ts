/**
 * Who is here: somebody who signed in, or whoever holds a key. What opens the API lives in these variables only: not in
 * storage, not in an address. A reload asks the cookie of the session, which no script can read.
 */
import { createStore } from 'zustand/vanilla'
import type { SignedIn } from '../api/identityTypes'

export type Session =
  /** Nobody has asked yet whether the browser has a session. */
  | { state: 'unknown' }
  | { state: 'out'; why: string | null }
  | { state: 'key'; bearer: string }
  | ({ state: 'person'; bearer: string } & Pick<SignedIn, 'session' | 'user' | 'organization' | 'organizations' | 'refresh_token'>)

export const session = createStore<Session>()(() => ({ state: 'unknown' }))

export function become(next: Session): void {
  session.setState(next, true)
}

export function openWithKey(bearer: string): void {
  become({ state: 'key', bearer })
}

/** Nobody is here any more, in this tab. `why` is for whoever is asked to sign in again. */
export function leave(why: string | null = null): void {
  become({ state: 'out', why })
}

/** What signs a request now. */
export function bearerNow(): string | null {
  const now = session.getState()
  return 'bearer' in now ? now.bearer : null
}

/** Who sees what is shown, and in which organization; `null` for nobody. The same for each token of a session. */
export function whoOf(now: Session): string | null {
  if (now.state === 'person') return `${now.user.id} ${now.organization?.id}`
  // A key cannot be told from another one without showing it, and nobody puts one in the place of another.
  return now.state === 'key' ? 'key' : null
}

/** Runs whenever somebody else is here, or somewhere else, or nobody. */
export function onSomebodyElse(run: (who: string | null) => void): void {
  session.subscribe((now, before) => {
    if (whoOf(now) !== whoOf(before)) run(whoOf(now))
  })
}
