/** New access tokens: in time, once for all who wait, and one tab after the other. */
import type { SignedIn } from '../api/identityTypes'
import { problemOf, unreachable } from '../api/problem'
import { notify } from '../shell/notices'
import { steady } from '../ui/visible'
import { bearerNow, become, leave, type Session, session } from './session'

const AGAIN_MS = 30_000
const LEAST_MS = 60_000
const MOST_MS = 24 * 3_600_000

/** Where no cookie can be kept, as over plain http in a network, the refresh token stays in memory and ends with the page. */
export const refresh_in = globalThis.isSecureContext === false ? 'body' : 'cookie'

let flight: Promise<boolean> | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/** One tab at a time: two that used one refresh token would look like a thief and its victim. */
export function alone<T>(run: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks
  return locks ? (locks.request('omoi.session', run) as Promise<T>) : run()
}

/**
 * Asks for another access token. Is somebody here?
 *
 * Throws a `ProblemError` when that cannot be known now; then all stays as it is.
 */
export function renew(): Promise<boolean> {
  return (flight ??= alone(ask).finally(() => (flight = null)))
}

/** On the first page: does the browser have a session? Throws as `renew` does. */
export async function begin(): Promise<void> {
  if (session.getState().state === 'unknown') await renew()
}

/** Somebody is here: signed in, or with another token. `date` is the server's, since the clock of a browser may be wrong. */
export function signedIn(answer: SignedIn, date?: string | null): void {
  const { access_token: bearer, expires_at, ...standing } = answer
  // Whoever goes to another organization keeps the one of the sign-in.
  become({ state: 'person', bearer, refresh_token: refreshToken(), ...standing })
  const life = Date.parse(expires_at) - (Date.parse(date ?? '') || Date.now())
  renewIn((Math.min(Math.max(life, LEAST_MS), MOST_MS) * 2) / 3)
}

/**
 * The server does not know `used`. Is there another token to try with?
 *
 * Throws as `renew` does.
 */
export async function refused(used: string): Promise<boolean> {
  // Somebody was faster.
  if (bearerNow() !== used) return bearerNow() !== null
  if (session.getState().state === 'person') return renew()
  leave('This key opens nothing any more.')
  return false
}

/** Without anybody waiting for it: what fails is tried again. */
export function renewQuietly(): void {
  renew().catch(() => renewIn(AGAIN_MS))
}

function renewIn(ms: number): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    if (session.getState().state === 'person') renewQuietly()
  }, ms)
}

function refreshToken(): string | undefined {
  const now = session.getState()
  return now.state === 'person' ? now.refresh_token : undefined
}

async function ask(): Promise<boolean> {
  const before = bearerNow()
  const standing = session.getState()
  const headers = { 'content-type': 'application/json', 'x-omoi-csrf': '1' }
  let response: Response
  try {
    const body = JSON.stringify({ refresh_token: refreshToken() })
    response = await fetch('/api/v1/auth/refresh', { method: 'POST', headers, body })
  } catch (cause) {
    throw unreachable(cause)
  }
  const body: unknown = await response.json().catch(() => null)
  // Meanwhile somebody signed in or out, here or in another tab: that counts, and this answer is void.
  if (bearerNow() !== before) return bearerNow() !== null
  if (response.ok) {
    signedIn(body as SignedIn, response.headers.get('date'))
    sayIfOutOf(standing)
  } else if (response.status === 429 || response.status >= 500) throw problemOf(response.status, body)
  else leave(before && 'Your session has ended.')
  return response.ok
}

/** Nobody is moved elsewhere without a word: whoever is removed from an organization reads it in the next one. */
export function sayIfOutOf(before: Session): void {
  const now = session.getState()
  if (before.state !== 'person' || now.state !== 'person' || !before.organization) return
  const { id, name } = before.organization
  if (now.organizations.some((one) => one.id === id)) return
  notify({ id: 'organization', text: `You are no longer in ${steady(name)}.` })
}
