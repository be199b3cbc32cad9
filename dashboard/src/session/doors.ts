/** The ways in, out and over to another organization. Apart from what the first page needs: one passes them by a press. */
import { type Entry, logout, readMe, switchTo } from '../api/identity'
import type { Me } from '../api/identityTypes'
import { ProblemError } from '../api/problem'
import { sayIfOutOf, signedIn } from './renew'
import { become, leave, session, whoOf } from './session'
import { tellTabs } from './tabs'

export function enter({ answer, date }: Entry): void {
  signedIn(answer, date)
  tellTabs('look')
}

/**
 * Ends the session, here and in all tabs. `onward` is done when the server has ended it and before this page knows.
 *
 * Throws a `ProblemError` when the server could not be asked: then the session goes on, and whoever wanted out must know.
 */
export async function signOut(onward: () => Promise<unknown> = async () => {}): Promise<void> {
  const now = session.getState()
  if (now.state === 'person') {
    try {
      await logout(now.refresh_token)
    } catch (error) {
      // It had ended already.
      if (!(error instanceof ProblemError && error.status === 401)) throw error
    }
  }
  await onward()
  if (now.state === 'person') tellTabs('ended')
  leave()
}

/** How often, and with what pauses, one that was just made or joined is looked for: the list of members follows the log. */
const TRIES = 5
const PAUSE_MS = 300

/** Acts in another organization from now on, in all tabs. Throws a `ProblemError`. */
export async function goOver(organization: string, tries = TRIES): Promise<void> {
  try {
    const { answer, date } = await switchTo(organization)
    signedIn(answer, date)
    tellTabs('look')
  } catch (error) {
    if (!(error instanceof ProblemError && error.status === 404) || tries <= 1) throw error
    await new Promise((resume) => setTimeout(resume, PAUSE_MS))
    await goOver(organization, tries - 1)
  }
}

/** Names and roles as they are now, as of a change. Throws a `ProblemError`. */
export async function lookAgain(position?: number | null): Promise<Me> {
  const before = whoOf(session.getState())
  const me = await readMe(position)
  const now = session.getState()
  // Somebody went elsewhere meanwhile: the answer is about where one was.
  if (whoOf(now) !== before) return me
  const { user, organization, organizations } = me
  if (now.state === 'person') become({ ...now, user, organization, organizations })
  sayIfOutOf(now)
  return me
}

/** After leaving or closing one: to another one, or nowhere. Throws a `ProblemError`. */
export async function goAwayFrom(organization: string): Promise<void> {
  const now = session.getState()
  if (now.state !== 'person') return
  const others = now.organizations.filter(({ id }) => id !== organization)
  if (others[0]) return goOver(others[0].id)
  become({ ...now, organization: null, organizations: [] })
  tellTabs('look')
}
