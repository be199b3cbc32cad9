import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GLOBEX, signedInAs } from '../testing/people'

/** The browser: one cookie, and one lock of a name at a time, for all tabs. */
class Browser {
  cookie: string | null = 'r-1'
  answers = signedInAs()
  renewals = 0
  atOnce = 0
  mostAtOnce = 0
  /** A refresh token that was used before: the server takes the session away. */
  thefts = 0
  private queue: Promise<unknown> = Promise.resolve()

  readonly locks = {
    request: <T>(_name: string, run: () => Promise<T>): Promise<T> => {
      const turn = this.queue.then(run)
      this.queue = turn.catch(() => {})
      return turn
    },
  }

  readonly fetch = async (input: Request | string): Promise<Response> => {
    const path = typeof input === 'string' ? input : new URL(input.url).pathname
    if (path.endsWith('/auth/logout')) {
      this.cookie = null
      return new Response(null, { status: 204 })
    }
    const presented = this.cookie
    this.atOnce += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce)
    await new Promise((resume) => setTimeout(resume, 5))
    this.atOnce -= 1
    if (presented !== this.cookie) this.thefts += 1
    if (presented === null || presented !== this.cookie) return Response.json({ code: 'invalid_token', detail: 'no' }, { status: 401 })
    this.renewals += 1
    this.cookie = `r-${this.renewals + 1}`
    return Response.json({ ...this.answers, access_token: `token-${this.renewals}` })
  }
}

/** The session of a tab of its own. */
async function tab() {
  vi.resetModules()
  const [{ session, openWithKey }, { begin, renew }, tabs, doors] = await Promise.all([
    import('./session'),
    import('./renew'),
    import('./tabs'),
    import('./doors'),
  ])
  tabs.joinTabs()
  return { session, openWithKey, begin, renew, tell: tabs.tellTabs, doors }
}

let browser: Browser
const channels: BroadcastChannel[] = []

beforeEach(() => {
  browser = new Browser()
  vi.stubGlobal('fetch', browser.fetch)
  vi.stubGlobal('navigator', { locks: browser.locks })
  vi.stubGlobal('location', new URL('http://omoi.test/'))
  const Channel = BroadcastChannel
  vi.stubGlobal(
    'BroadcastChannel',
    class extends Channel {
      constructor(name: string) {
        super(name)
        channels.push(this)
      }
    },
  )
})
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
  vi.unstubAllGlobals()
})

test('two tabs renew one after the other: no refresh token is used twice', async () => {
  const [one, two] = [await tab(), await tab()]
  await Promise.all([one.begin(), two.begin(), one.renew(), two.renew()])
  expect(browser).toMatchObject({ mostAtOnce: 1, thefts: 0, renewals: 2 })
  expect(one.session.getState().state).toBe('person')
  expect(two.session.getState().state).toBe('person')
})

test('without the lock they would: this is what it is for', async () => {
  vi.stubGlobal('navigator', {})
  const [one, two] = [await tab(), await tab()]
  await Promise.all([one.begin(), two.begin()])
  expect(browser.thefts).toBe(1)
})

test('who signs out in one tab is out in all of them', async () => {
  const [one, two] = [await tab(), await tab()]
  await one.begin()
  await two.begin()
  await one.doors.signOut()
  expect(one.session.getState()).toEqual({ state: 'out', why: null })
  await vi.waitFor(() => expect(two.session.getState()).toEqual({ state: 'out', why: 'You signed out in another tab.' }))
})

test('a tab that was opened with a key stays: its key is not of the session', async () => {
  const [one, two, other] = [await tab(), await tab(), await tab()]
  await one.begin()
  await other.begin()
  two.openWithKey('omoi_secret')
  one.tell('look')
  await vi.waitFor(() => expect(other.session.getState()).toMatchObject({ bearer: 'token-3' }))
  await one.doors.signOut()
  await vi.waitFor(() => expect(other.session.getState().state).toBe('out'))
  expect(two.session.getState()).toEqual({ state: 'key', bearer: 'omoi_secret' })
})

test('who signs in, or goes over to another organization, is seen by the others', async () => {
  const [one, two] = [await tab(), await tab()]
  await one.begin()
  browser.answers = { ...browser.answers, organization: GLOBEX }
  one.tell('look')
  await vi.waitFor(() => expect(two.session.getState()).toMatchObject({ state: 'person', organization: { name: 'Globex' } }))
})

test('a sign-out that does not reach the server is none', async () => {
  const [one, two] = [await tab(), await tab()]
  await one.begin()
  await two.begin()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')))
  await expect(one.doors.signOut()).rejects.toMatchObject({ code: 'unreachable' })
  expect(one.session.getState().state).toBe('person')
  expect(two.session.getState().state).toBe('person')
})
