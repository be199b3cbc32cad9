import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Membership } from '../api/identityTypes'
import { ProblemError } from '../api/problem'
import { notices } from '../shell/notices'
import { GLOBEX, signedInAs } from '../testing/people'
import { begin, renew, signedIn } from './renew'
import { send } from './send'
import { become, bearerNow, leave, openWithKey, session, whoOf } from './session'

const MINUTE = 60_000
const problem = (status: number, code: string) => Response.json({ type: '', title: code, status, code, detail: code }, { status })

/** A server with one session: it knows one token at a time, and gives another for each renewal. */
class Server {
  known = 'token-1'
  renewals = 0
  /** What it was asked for: path, token, body. */
  readonly asked: [string, string | null, string][] = []
  /** What a renewal is answered in the place of a token. */
  refuses: (() => Response) | null = null
  date: string | null = null
  /** In which the person is from now on. */
  organizations: Membership[] | null = null
  hold: Promise<void> = Promise.resolve()

  private get standing() {
    return this.organizations ? { organizations: this.organizations, organization: this.organizations[0] ?? null } : {}
  }

  readonly fetch = async (input: Request | string, init?: RequestInit): Promise<Response> => {
    const request = typeof input === 'string' ? new Request(new URL(input, 'http://omoi.test'), init) : input
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    this.asked.push([path, request.headers.get('authorization'), await request.text()])
    if (path === '/auth/refresh') {
      if (request.headers.get('x-omoi-csrf') !== '1') return problem(403, 'csrf')
      await this.hold
      if (this.refuses) return this.refuses()
      this.renewals += 1
      this.known = `token-${this.renewals + 1}`
      const answer = signedInAs({ access_token: this.known, ...this.standing }, this.date ? Date.parse(this.date) : Date.now())
      return Response.json(answer, { headers: this.date ? { date: this.date } : {} })
    }
    if (path === '/password' && request.headers.get('authorization') === `Bearer ${this.known}`) return problem(401, 'invalid_credentials')
    return request.headers.get('authorization') === `Bearer ${this.known}` ? Response.json({ ok: true }) : problem(401, 'unauthenticated')
  }
}

let server: Server
const post = (path: string, body = '{}') => send(new Request(`http://omoi.test/api/v1${path}`, { method: 'POST', body }))
const paths = () => server.asked.map(([path]) => path)

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T12:00:00Z') })
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
  become({ state: 'unknown' })
})
afterEach(() => {
  leave()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the first page asks whether the browser has a session', async () => {
  await begin()
  expect(session.getState()).toMatchObject({ state: 'person', bearer: 'token-2', user: { display_name: 'Ada' } })
  await begin()
  expect(server.renewals).toBe(1)
})

test('who has none is asked to sign in, and is not told that anything ended', async () => {
  server.refuses = () => problem(401, 'invalid_token')
  await begin()
  expect(session.getState()).toEqual({ state: 'out', why: null })
})

test('a server that cannot be asked leaves the question open', async () => {
  for (const refuses of [() => problem(503, 'database_down'), () => problem(429, 'too_many_requests')]) {
    server.refuses = refuses
    await expect(begin()).rejects.toBeInstanceOf(ProblemError)
    expect(session.getState().state).toBe('unknown')
  }
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')))
  await expect(begin()).rejects.toMatchObject({ code: 'unreachable' })
  expect(session.getState().state).toBe('unknown')
})

test('requests that are refused together wait for one renewal and are sent again, whole', async () => {
  signedIn(signedInAs())
  server.known = 'another'
  const answers = await Promise.all([post('/a', '{"n":1}'), post('/b'), post('/c')])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(server.renewals).toBe(1)
  expect(server.asked.filter(([path]) => path === '/a')).toEqual([
    ['/a', 'Bearer token-1', '{"n":1}'],
    ['/a', 'Bearer token-2', '{"n":1}'],
  ])
})

test('one that comes back after the renewal of another does not renew again', async () => {
  signedIn(signedInAs())
  server.known = 'another'
  let late = () => {}
  const slow = new Promise<void>((resolve) => (late = resolve))
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const answer = await server.fetch(input, init)
    if (typeof input !== 'string' && input.url.endsWith('/slow') && answer.status === 401) await slow
    return answer
  })
  const waits = post('/slow')
  await post('/quick')
  late()
  expect((await waits).status).toBe(200)
  expect(server.renewals).toBe(1)
})

test('a session that has ended asks to sign in, and says so', async () => {
  signedIn(signedInAs())
  server.known = 'another'
  server.refuses = () => problem(401, 'invalid_token')
  expect((await post('/a')).status).toBe(401)
  expect(session.getState()).toEqual({ state: 'out', why: 'Your session has ended.' })
  expect(paths()).toEqual(['/a', '/auth/refresh'])
})

test('who cannot be renewed for now stays, and the request fails with the reason', async () => {
  signedIn(signedInAs())
  server.known = 'another'
  server.refuses = () => problem(503, 'database_down')
  await expect(post('/a')).rejects.toMatchObject({ code: 'database_down' })
  expect(session.getState().state).toBe('person')
})

test('a fresh token that is refused too ends it; nothing turns in a circle', async () => {
  signedIn(signedInAs())
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const answer = await server.fetch(input, init)
    server.known = 'another'
    return answer
  })
  server.known = 'another'
  expect((await post('/a')).status).toBe(401)
  expect(paths()).toEqual(['/a', '/auth/refresh', '/a'])
  expect(session.getState().state).toBe('out')
})

test('a wrong password is no matter of the session', async () => {
  signedIn(signedInAs())
  expect((await post('/password')).status).toBe(401)
  expect(paths()).toEqual(['/password'])
  expect(session.getState().state).toBe('person')
})

test('a token is renewed when two thirds of its life are over', async () => {
  signedIn(signedInAs())
  await vi.advanceTimersByTimeAsync(10 * MINUTE - 1)
  expect(server.renewals).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(bearerNow()).toBe('token-2')
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(bearerNow()).toBe('token-3')
})

test('the clock of the server counts, and not that of the browser', async () => {
  server.date = new Date(Date.now() - 3 * 3_600_000).toUTCString()
  await begin()
  await vi.advanceTimersByTimeAsync(10 * MINUTE - 1)
  expect(server.renewals).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(server.renewals).toBe(2)
})

test('a renewal in time that fails is tried again, while the token is still good', async () => {
  signedIn(signedInAs())
  server.refuses = () => problem(503, 'database_down')
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  server.refuses = null
  await vi.advanceTimersByTimeAsync(MINUTE / 2)
  expect(bearerNow()).toBe('token-2')
})

test('who signs out while a renewal is on its way stays out', async () => {
  signedIn(signedInAs())
  let answer = () => {}
  server.hold = new Promise((resolve) => (answer = resolve))
  const renewal = renew()
  leave()
  answer()
  expect(await renewal).toBe(false)
  expect(session.getState().state).toBe('out')
})

test('who signs in while the first question is on its way is who counts', async () => {
  let answer = () => {}
  server.hold = new Promise((resolve) => (answer = resolve))
  const first = begin()
  signedIn(signedInAs({ access_token: 'mine' }))
  answer()
  await first
  expect(bearerNow()).toBe('mine')
})

test('a key signs requests and is never renewed', async () => {
  openWithKey('token-1')
  expect((await post('/a')).status).toBe(200)
  server.known = 'another'
  expect((await post('/a')).status).toBe(401)
  expect(paths()).toEqual(['/a', '/a'])
  expect(session.getState()).toEqual({ state: 'out', why: 'This key opens nothing any more.' })
})

test('a refresh token in the answer stays in memory and is what renews', async () => {
  signedIn(signedInAs({ refresh_token: 'r-1' }))
  // Another organization is answered without one.
  signedIn(signedInAs({ access_token: 'token-1' }))
  await renew()
  expect(server.asked.at(-1)?.[2]).toBe('{"refresh_token":"r-1"}')
})

test('who is in an organization no more is told, and nobody else', async () => {
  signedIn(signedInAs())
  await renew()
  expect(notices.getState().shown).toEqual([])
  server.organizations = [GLOBEX]
  await renew()
  expect(notices.getState().shown.map(({ text }) => text)).toEqual(['You are no longer in Acme.'])
  notices.setState({ shown: [] })
})

test('somebody else is somebody else, and a new token is not', () => {
  const who = () => whoOf(session.getState())
  signedIn(signedInAs())
  const first = who()
  signedIn(signedInAs({ access_token: 'token-9' }))
  expect(who()).toBe(first)
  signedIn(signedInAs({ organization: null }))
  expect(who()).not.toBe(first)
  leave()
  expect(who()).toBeNull()
})
