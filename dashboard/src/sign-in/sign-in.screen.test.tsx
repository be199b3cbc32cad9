import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { become, leave, session } from '../session/session'
import { describedBy, enter, press, write } from '../testing/forms'
import { signedInAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { keepAddress } from './address'
import { SignInPage } from './SignInPage'

const LOGIN = 'POST /api/v1/auth/login'
const OAUTH = 'GET /api/v1/auth/oauth'
const none = { [OAUTH]: { body: { providers: [] } } }

beforeEach(() => {
  leave()
  keepAddress('')
})
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

const page = (to?: string, withKey = false) => show(<SignInPage to={to} withKey={withKey} />, '/sign-in')

async function fill(email = 'ada@example.org', password = 'correct horse battery') {
  await write('Mail address', email)
  return write('Password', password)
}

test('who signs in by Enter goes where they wanted to go', async () => {
  const asked = serve({ ...none, [LOGIN]: { body: signedInAs() } })
  const { container, router } = page('/p/1/board?x=2')
  const password = await fill()
  expect(await faults(container)).toEqual([])
  enter(password)
  await waitFor(() => expect(router.state.location.href).toBe('/p/1/board?x=2'))
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({
    email: 'ada@example.org',
    password: 'correct horse battery',
    refresh_in: 'cookie',
  })
  expect(session.getState()).toMatchObject({ state: 'person', bearer: 'token-1' })
  expect(JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href).not.toContain('token-1')
})

test.each(['//evil.example/x', 'https://evil.example', '/\\evil.example', '/sign-in?to=/', 'javascript:alert(1)'])(
  'an address of somebody else is none to go to: %s',
  async (to) => {
    serve({ ...none, [LOGIN]: { body: signedInAs() } })
    const { router } = page(to)
    enter(await fill())
    await waitFor(() => expect(router.state.location.href).toBe('/'))
  },
)

test('what is missing stands beside its field, and the first has the focus', async () => {
  const asked = serve(none)
  const { container } = page()
  enter(await fill('ada', ''))
  const address = screen.getByLabelText('Mail address')
  await waitFor(() => expect(document.activeElement).toBe(address))
  expect(address.getAttribute('aria-invalid')).toBe('true')
  expect(describedBy(address)).toContain('This is no mail address')
  expect(describedBy(screen.getByLabelText('Password'))).toContain('Write your password.')
  expect(asked.some(({ method }) => method === 'POST')).toBe(false)
  expect(await faults(container)).toEqual([])
})

test('a wrong password says what to do, beside the password', async () => {
  serve({ ...none, [LOGIN]: { status: 401, body: problem(401, 'invalid_credentials', 'no') } })
  const { container } = page()
  enter(await fill())
  const password = screen.getByLabelText('Password')
  await waitFor(() => expect(describedBy(password)).toContain('choose a new password'))
  await waitFor(() => expect(document.activeElement).toBe(password))
  expect(session.getState().state).toBe('out')
  expect(await faults(container)).toEqual([])
})

test('too many tries say how long to wait', async () => {
  serve({ ...none, [LOGIN]: { status: 429, body: problem(429, 'too_many_requests', 'slow down'), headers: { 'retry-after': '300' } } })
  page()
  enter(await fill())
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('Too many tries. Try again in 5 minutes.'))
})

test('while it is sent the button says so, and nothing is sent twice', async () => {
  let answer = () => {}
  const asked = serve({ ...none, [LOGIN]: () => new Promise((resolve) => (answer = () => resolve({ body: signedInAs() }))) })
  page()
  const password = await fill()
  enter(password)
  const button = await screen.findByRole('button', { name: 'Signing in …' })
  expect(button.hasAttribute('disabled')).toBe(false)
  enter(password)
  answer()
  await waitFor(() => expect(session.getState().state).toBe('person'))
  expect(asked.filter(({ path }) => path.endsWith('/login'))).toHaveLength(1)
})

test('fields are what password managers know, and a password can be shown', async () => {
  serve(none)
  page()
  expect((await screen.findByLabelText('Mail address')).getAttribute('autocomplete')).toBe('username')
  const password = screen.getByLabelText('Password')
  expect([password.getAttribute('autocomplete'), password.getAttribute('type')]).toEqual(['current-password', 'password'])
  await press('Show what is written: password')
  expect(password.getAttribute('type')).toBe('text')
})

test('a session of the browser goes on without asking', async () => {
  become({ state: 'unknown' })
  serve({ ...none, 'POST /api/v1/auth/refresh': { body: signedInAs() } })
  const { router } = page('/log')
  await waitFor(() => expect(router.state.location.href).toBe('/log'))
})

test('it says why it asks again', async () => {
  leave('Your session has ended.')
  serve(none)
  page('/log')
  expect((await screen.findByRole('status')).textContent).toContain('Your session has ended.')
})

test('other ways are buttons, and lead only into the web', async () => {
  const start = 'POST /api/v1/auth/oauth/github/start'
  const assign = vi.fn()
  vi.stubGlobal('location', { ...location, href: location.href, origin: location.origin, assign })
  let url = 'javascript:alert(1)'
  serve({ [OAUTH]: { body: { providers: [{ id: 'github', name: 'GitHub' }] } }, [start]: () => ({ body: { url } }) })
  page('/log')
  await press('Continue with GitHub')
  expect((await screen.findByText(/not of the web/)).getAttribute('role')).toBe('alert')
  expect(assign).not.toHaveBeenCalled()
  url = 'https://github.example/authorize?state=1'
  await press('Continue with GitHub')
  await waitFor(() => expect(assign).toHaveBeenCalledWith('https://github.example/authorize?state=1'))
  expect(sessionStorage.getItem('omoi.back')).toBe('/log')
  sessionStorage.clear()
})

test('when the other ways cannot be read, the password still works', async () => {
  serve({ [OAUTH]: { status: 500, body: problem(500, 'broken', 'the list is broken') }, [LOGIN]: { body: signedInAs() } })
  page()
  expect(await screen.findByText(/could not be read\. The list is broken\./)).toBeTruthy()
  enter(await fill())
  await waitFor(() => expect(session.getState().state).toBe('person'))
})

test('a key opens the pages instead, and is kept nowhere else', async () => {
  const asked = serve({ 'GET /api/v1/projects': { body: { position: 1, projects: [], next: null } } })
  const { container, router } = page('/log', true)
  expect(await faults(container)).toEqual([])
  enter(await write('Key', ' omoi_secret '))
  await waitFor(() => expect(router.state.location.href).toBe('/log'))
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer omoi_secret')
  expect(session.getState()).toEqual({ state: 'key', bearer: 'omoi_secret' })
  expect(JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href).not.toContain('omoi_secret')
})

test('a key that opens nothing says so', async () => {
  serve({ 'GET /api/v1/projects': { status: 401, body: problem(401, 'unauthenticated', 'there is no API key') } })
  page(undefined, true)
  const key = await write('Key', 'wrong')
  enter(key)
  await waitFor(() => expect(describedBy(key)).toContain('This key opens nothing here. Paste another one.'))
  fireEvent.input(key, { target: { value: '' } })
  enter(key)
  await waitFor(() => expect(describedBy(key)).toContain('Paste a key first.'))
  expect(session.getState().state).toBe('out')
})
