import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { leave, openWithKey, session } from '../session/session'
import { describedBy, enter, press, write } from '../testing/forms'
import { beHere, meAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { deviceOf } from './agent'
import { PasswordPage } from './PasswordPage'
import { ProfilePage } from './ProfilePage'
import { SessionsPage } from './SessionsPage'

const ME = 'GET /api/v1/auth/me'
const SESSIONS = 'GET /api/v1/auth/sessions'
const LONG = 'correct horse battery'

beforeEach(() => void beHere())
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

const one = (id: string, given = {}) => ({
  id,
  made_at: '2026-11-20T12:00:00Z',
  last_used_at: '2026-11-23T12:00:00Z',
  expires_at: '2026-12-20T12:00:00Z',
  agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  address: '192.0.2.7',
  current: false,
  ...given,
})

test.each([
  ['profile', ProfilePage],
  ['sessions', SessionsPage],
  ['password', PasswordPage],
])('%s: loading, failed and forbidden', async (_, Page) => {
  let answer = () => {}
  serve({
    [ME]: () => new Promise((resolve) => (answer = () => resolve({ status: 503, body: problem(503, 'database_down', 'the database does not answer') }))),
  })
  const { container, unmount } = show(<Page />)
  expect((await screen.findByRole('status')).textContent).toContain('Reading who you are')
  answer()
  expect((await screen.findByRole('alert')).textContent).toContain('The database does not answer.')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
  unmount()
  openWithKey('omoi_secret')
  const key = show(<Page />)
  expect(await screen.findByRole('heading', { name: 'This needs a person' })).toBeTruthy()
  expect(await faults(key.container)).toEqual([])
  await press('Put the key away and sign in')
  expect(session.getState().state).toBe('out')
})

// ---- profile ----

test('a name is changed, and the head of the page shows it as of that change', async () => {
  let name = 'Ada'
  const asked = serve({
    [ME]: () => ({ body: { ...meAs(), user: { ...meAs().user, display_name: name } } }),
    'POST /api/v1/auth/me': ({ body }) => {
      name = (body as { display_name: string }).display_name
      return { body: { position: 42 } }
    },
  })
  const { container } = show(<ProfilePage />)
  const field = await write('Name', ' Ada Lovelace ')
  expect(await faults(container)).toEqual([])
  enter(field)
  await screen.findByRole('heading', { level: 1, name: 'Ada Lovelace' })
  expect(session.getState()).toMatchObject({ user: { display_name: 'Ada Lovelace' } })
  expect(asked.find(({ method }) => method === 'POST')?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  expect(asked.at(-1)?.headers.get('omoi-min-position')).toBe('42')
})

test('an empty name is refused beside its field', async () => {
  serve({ [ME]: { body: meAs() } })
  show(<ProfilePage />)
  const field = await write('Name', '  ')
  enter(field)
  await waitFor(() => expect(describedBy(field)).toContain('Write what others should call you.'))
})

test('organizations are listed with roles, and hostile names are words', async () => {
  const me = meAs()
  me.organizations[1] = { ...me.organizations[1]!, name: '<img src=x onerror="window.__hit=1"> \u202egnp' }
  serve({ [ME]: { body: me } })
  const { container } = show(<ProfilePage />)
  expect(await screen.findByText('<img src=x onerror="window.__hit=1"> \ufffdgnp')).toBeTruthy()
  expect(container.querySelector('img')).toBeNull()
  expect(screen.getByText('Owner, here now')).toBeTruthy()
})

// ---- sessions ----

const mine = { [ME]: { body: meAs() } }

test('this session is marked and stands first; another one is ended by name', async () => {
  let sessions = [one('s-2'), one('s-1', { current: true, agent: null }), one('s-3', { agent: 'evil\u202e/1.0', address: null })]
  const asked = serve({
    ...mine,
    [SESSIONS]: () => ({ body: { sessions } }),
    'DELETE /api/v1/auth/sessions/s-2': () => {
      sessions = sessions.filter(({ id }) => id !== 's-2')
      return {}
    },
  })
  const { container } = show(<SessionsPage />)
  const rows = await screen.findAllByRole('listitem')
  expect(rows.map((row) => within(row).queryByText('This one') !== null)).toEqual([true, false, false])
  expect(within(rows[0]!).queryByRole('button')).toBeNull()
  expect(screen.getByText('evil\\u202e/1.0')).toBeTruthy()
  expect(await faults(container)).toEqual([])
  await press('End the session of Firefox on Linux')
  const dialog = screen.getByRole('dialog', { name: 'End the session of Firefox on Linux?' })
  expect(await faults(container)).toEqual([])
  expect(asked.some(({ method }) => method === 'DELETE')).toBe(false)
  within(dialog).getByRole('button', { name: 'End it' }).click()
  await waitFor(() => expect(screen.queryByText('Firefox on Linux')).toBeNull())
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('all others end together', async () => {
  let sessions = [one('s-1', { current: true }), one('s-2'), one('s-3')]
  serve({
    ...mine,
    [SESSIONS]: () => ({ body: { sessions } }),
    'POST /api/v1/auth/sessions/end-others': () => {
      sessions = sessions.slice(0, 1)
      return { body: { ended: 2 } }
    },
  })
  show(<SessionsPage />)
  await press('End all others (2)')
  await press('End them')
  expect(await screen.findByText('You are signed in nowhere else.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /End all others/ })).toBeNull()
})

test('one that cannot be ended says so in the question, which stays', async () => {
  serve({ ...mine, [SESSIONS]: { body: { sessions: [one('s-1', { current: true }), one('s-2')] } } })
  show(<SessionsPage />)
  await press('End the session of Firefox on Linux')
  await press('End it')
  await waitFor(() => expect(within(screen.getByRole('dialog')).getByRole('alert').textContent).toContain('It is not there any more'))
})

test('browsers are named as people name them', () => {
  expect(deviceOf('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0')).toBe('Edge on Windows')
  expect(deviceOf('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36')).toBe('Chrome on Android')
  expect(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1')).toBe('Safari on iOS')
  expect(deviceOf('omoi/0.2.0')).toBe('The omoi command')
  expect([deviceOf('wget/1.0'), deviceOf(''), deviceOf(null)]).toEqual([null, null, null])
})

// ---- password ----

test('a password is changed; a wrong one of now is said beside it, and nobody is signed out', async () => {
  let right = false
  const asked = serve({
    ...mine,
    'POST /api/v1/auth/password/change': () => (right ? {} : { status: 401, body: problem(401, 'invalid_credentials', 'no') }),
  })
  const { container } = show(<PasswordPage />)
  const current = await write('Password of now', 'something else')
  const password = await write('New password', 'short')
  enter(current)
  await waitFor(() => expect(document.activeElement).toBe(password))
  await write('New password', LONG)
  expect(await faults(container)).toEqual([])
  enter(current)
  await waitFor(() => expect(describedBy(current)).toContain('This is not your password.'))
  await waitFor(() => expect(document.activeElement).toBe(current))
  expect(session.getState().state).toBe('person')
  expect(asked.filter(({ path }) => path.endsWith('/change'))).toHaveLength(1)
  right = true
  enter(current)
  expect((await screen.findByRole('status')).textContent).toContain('all other sessions have ended')
  // What was written is gone.
  expect((screen.getByLabelText('New password') as HTMLInputElement).value).toBe('')
  expect(asked.at(-1)?.body).toEqual({ current: 'something else', password: LONG })
})
