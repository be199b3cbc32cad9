/** Pages that links of mails, of the server and of providers lead to. */
import { configure, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { become, leave, openWithKey, session } from '../session/session'
import { describedBy, enter, press, write } from '../testing/forms'
import { ACME, beHere, BOB, signedInAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { keepAddress } from './address'
import { ForgotPage } from './ForgotPage'
import { InvitationPage } from './InvitationPage'
import { OauthPage } from './OauthPage'
import { RegisterPage } from './RegisterPage'
import { ResetPage } from './ResetPage'
import { SentPage } from './SentPage'
import { VerifyPage } from './VerifyPage'
import { WelcomePage } from './WelcomePage'

const link = vi.hoisted(() => ({ search: 'token=t0ken' }))
vi.mock('../session/arrival', () => ({
  arrivedAt: () => new URLSearchParams(link.search),
  forgetArrival: () => {
    link.search = ''
  },
}))

const LONG = 'correct horse battery'
const over = { status: 401, body: problem(401, 'invalid_token', 'no') }

beforeEach(() => {
  link.search = 'token=t0ken'
  keepAddress('')
  leave()
})
afterEach(() => {
  configure({ reactStrictMode: false })
  leave()
  sessionStorage.clear()
  vi.unstubAllGlobals()
})

const title = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name })

// ---- register ----

test('registering asks for what it needs, and counts the password along', async () => {
  const asked = serve({ 'POST /api/v1/auth/register': { status: 202, body: { sent: true } } })
  const { container, router } = show(<RegisterPage />)
  const password = await write('Password', 'short')
  expect(describedBy(password)).toBe('7 more characters.')
  enter(password)
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Name')))
  expect(describedBy(password)).toContain('Use at least 12 characters, such as four unrelated words. This has 5.')
  expect(asked).toEqual([])
  expect(await faults(container)).toEqual([])
  await write('Name', ' Ada ')
  await write('Mail address', 'ada@example.org')
  await write('Password', LONG)
  expect(describedBy(password)).toContain('Long enough.')
  expect(password.getAttribute('autocomplete')).toBe('new-password')
  enter(password)
  await waitFor(() => expect(router.state.location.href).toBe('/register/sent'))
  expect(asked[0]?.body).toEqual({ email: 'ada@example.org', password: LONG, display_name: 'Ada' })
})

test('a password that would be guessed is refused beside its field, in the words of the server', async () => {
  const words = 'the password is one of the first that would be guessed: use one that is longer or less usual'
  serve({ 'POST /api/v1/auth/register': { status: 422, body: problem(422, 'weak_password', words) } })
  show(<RegisterPage />)
  await write('Name', 'Ada')
  await write('Mail address', 'ada@example.org')
  const password = await write('Password', 'password password')
  enter(password)
  await waitFor(() => expect(describedBy(password)).toContain('The password is one of the first'))
  await waitFor(() => expect(document.activeElement).toBe(password))
})

test('characters are counted, and not what makes them', async () => {
  serve({})
  show(<RegisterPage />)
  expect(describedBy(await write('Password', '🐎🐎🐎'))).toBe('9 more characters.')
  expect(describedBy(await write('Password', 'e\u0301'.repeat(11)))).toBe('1 more character.')
})

test('after registering it says where to look, and sends again', async () => {
  keepAddress('ada@example.org')
  const asked = serve({ 'POST /api/v1/auth/verify/resend': { status: 202, body: { sent: true } } })
  const { container } = show(<SentPage />)
  await title('Look into your mail')
  expect(screen.getByText(/A message to ada@example.org is on its way/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  await press('Send it again')
  await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Sent again'))
  expect(asked[0]?.body).toEqual({ email: 'ada@example.org' })
})

// ---- verify ----

test('an address is confirmed with the password that was chosen', async () => {
  let right = false
  const asked = serve({
    'POST /api/v1/auth/verify': () => (right ? { body: signedInAs() } : { status: 401, body: problem(401, 'invalid_credentials', 'no') }),
  })
  const { container, router } = show(<VerifyPage />, '/log')
  const password = await write('Password', LONG)
  enter(password)
  await waitFor(() => expect(describedBy(password)).toContain('This is not the password that was chosen'))
  expect(await faults(container)).toEqual([])
  right = true
  enter(password)
  await waitFor(() => expect(router.state.location.href).toBe('/'))
  expect(asked.at(-1)?.body).toEqual({ token: 't0ken', password: LONG, refresh_in: 'cookie' })
  expect(session.getState().state).toBe('person')
})

test('a link that is over offers another one', async () => {
  serve({ 'POST /api/v1/auth/verify': over })
  const { container } = show(<VerifyPage />)
  enter(await write('Password', LONG))
  await title('This link is over')
  expect(screen.getByRole('button', { name: 'Send it again' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test.each([
  ['verify', VerifyPage],
  ['reset', ResetPage],
  ['invitation', InvitationPage],
  ['welcome', WelcomePage],
])('after a reload the link is missing, and %s says what to do', async (_, Page) => {
  link.search = ''
  const asked = serve({})
  const { container } = show(<Page />)
  await title('The link is missing')
  expect(screen.getByText(/Open the link .*again/)).toBeTruthy()
  expect(asked).toEqual([])
  expect(await faults(container)).toEqual([])
})

// ---- forgotten ----

test('whoever forgot the password gets a link, and nobody learns who is here', async () => {
  const asked = serve({ 'POST /api/v1/auth/password/forgot': { status: 202, body: { sent: true } } })
  const { container } = show(<ForgotPage />)
  enter(await write('Mail address', 'ada@example.org'))
  await title('Look into your mail')
  expect(screen.getByText(/^If somebody here has the address ada@example.org/)).toBeTruthy()
  expect(asked[0]?.body).toEqual({ email: 'ada@example.org' })
  expect(await faults(container)).toEqual([])
})

test('a new password ends all sessions, and says so', async () => {
  const asked = serve({ 'POST /api/v1/auth/password/reset': {} })
  show(<ResetPage />)
  enter(await write('New password', LONG))
  await title('The password is changed')
  expect(screen.getByText(/All sessions have ended/)).toBeTruthy()
  expect(asked[0]?.body).toEqual({ token: 't0ken', password: LONG })
})

test('a session of the same person ends here too', async () => {
  beHere()
  serve({ 'POST /api/v1/auth/password/reset': {}, 'POST /api/v1/auth/refresh': over })
  show(<ResetPage />)
  enter(await write('New password', LONG))
  await waitFor(() => expect(session.getState().state).toBe('out'))
})

test('a link for a password that is over says where to get another', async () => {
  serve({ 'POST /api/v1/auth/password/reset': over })
  show(<ResetPage />)
  enter(await write('New password', LONG))
  await title('This link is over')
  expect(screen.getByRole('link', { name: 'Ask for another link' }).getAttribute('href')).toBe('/forgot')
})

// ---- welcome ----

test('the first link signs in at once, and only once', async () => {
  const asked = serve({ 'POST /api/v1/auth/login-link': { body: signedInAs() } })
  configure({ reactStrictMode: true })
  const { router } = show(<WelcomePage />, '/log')
  await waitFor(() => expect(router.state.location.href).toBe('/'))
  expect(asked.map(({ body }) => body)).toEqual([{ token: 't0ken', refresh_in: 'cookie' }])
  expect(session.getState().state).toBe('person')
})

test('a first link that was used teaches the command', async () => {
  serve({ 'POST /api/v1/auth/login-link': over })
  const { container } = show(<WelcomePage />)
  await title('This link is over')
  expect(screen.getByText('omoi login-link')).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('a first link that could not be tried says why', async () => {
  serve({ 'POST /api/v1/auth/login-link': { status: 503, body: problem(503, 'database_down', 'the database does not answer') } })
  show(<WelcomePage />)
  await title('Not signed in')
  expect(screen.getByRole('alert').textContent).toContain('The database does not answer.')
})

// ---- providers ----

test('back from a provider it finishes, and goes where one wanted to go', async () => {
  link.search = 'code=c0de&state=st&iss=https%3A%2F%2Fid.example'
  sessionStorage.setItem('omoi.back', '/log')
  const asked = serve({ 'POST /api/v1/auth/oauth/github/finish': { body: signedInAs() } })
  configure({ reactStrictMode: true })
  const { router } = show(<OauthPage provider="github" />)
  await waitFor(() => expect(router.state.location.href).toBe('/log'))
  expect(asked.map(({ body }) => body)).toEqual([{ code: 'c0de', state: 'st', iss: 'https://id.example', refresh_in: 'cookie' }])
})

test('an account of the same address is joined only with its password', async () => {
  link.search = 'code=c0de&state=st'
  let right = false
  const asked = serve({
    'POST /api/v1/auth/oauth/github/finish': { body: { consent: { token: 'c0nsent', provider: 'GitHub', email: 'ada@example.org' } } },
    'POST /api/v1/auth/oauth/consent': () => (right ? { body: signedInAs() } : { status: 401, body: problem(401, 'invalid_credentials', 'no') }),
  })
  const { container, router } = show(<OauthPage provider="github" />, '/log')
  await title('Is this you?')
  expect(session.getState().state).toBe('out')
  const password = await write('Password here', LONG)
  expect(await faults(container)).toEqual([])
  enter(password)
  await waitFor(() => expect(describedBy(password)).toContain('This is not the password of the account here.'))
  right = true
  enter(password)
  await waitFor(() => expect(router.state.location.href).toBe('/'))
  expect(asked.at(-1)?.body).toEqual({ token: 'c0nsent', password: LONG, refresh_in: 'cookie' })
})

test('a no of the provider is told to the server, which says what it means', async () => {
  link.search = 'error=access_denied&state=st'
  const asked = serve({ 'POST /api/v1/auth/oauth/github/finish': { status: 403, body: problem(403, 'access_denied', 'no') } })
  show(<OauthPage provider="github" />)
  expect((await screen.findByRole('alert')).textContent).toContain('You said no there')
  expect(asked.map(({ body }) => body)).toEqual([{ error: 'access_denied', state: 'st', refresh_in: 'cookie' }])
})

test.each([
  ['error=server_error', 'Nothing came from a provider. Begin again.'],
  ['', 'Nothing came from a provider. Begin again.'],
])('a provider that sends nothing of use is told as it is: %s', async (search, words) => {
  link.search = search
  const asked = serve({})
  const { container } = show(<OauthPage provider="github" />)
  expect(await screen.findByText(words)).toBeTruthy()
  expect(asked).toEqual([])
  expect(await faults(container)).toEqual([])
})

test.each([
  [401, 'invalid_token', 'What the provider sent has been used, or came too late. Begin again.'],
  [403, 'access_denied', 'You said no there, so nothing was changed. Begin again, or sign in another way.'],
  [404, 'not_found', 'This server does not know that provider any more. Sign in another way.'],
  [401, 'address_not_verified', 'Your mail address is not confirmed there. Confirm it there and begin again, or sign in another way.'],
  [503, 'provider_unavailable', 'It does not answer. Nothing was changed: begin again in a minute, or sign in another way.'],
])('what came from a provider and does not count is told with what to do: %i %s', async (status, code, words) => {
  link.search = 'code=c0de&state=st'
  serve({ 'POST /api/v1/auth/oauth/github/finish': { status, body: problem(status, code, 'no') } })
  const { container, router } = show(<OauthPage provider="github" />)
  expect((await screen.findByRole('alert')).textContent).toBe(words)
  expect(await faults(container)).toEqual([])
  fireEvent.click(screen.getByRole('link', { name: 'Back to sign in' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
})

test('a question that stood too long says so', async () => {
  link.search = 'code=c0de&state=st'
  serve({
    'POST /api/v1/auth/oauth/github/finish': { body: { consent: { token: 'c0nsent', provider: 'GitHub', email: 'ada@example.org' } } },
    'POST /api/v1/auth/oauth/consent': over,
  })
  show(<OauthPage provider="github" />)
  enter(await write('Password here', LONG))
  expect(await screen.findByText('The question stood too long, or was answered before. Begin again.')).toBeTruthy()
  expect(session.getState().state).toBe('out')
})

// ---- invitations ----

const LOOK = 'POST /api/v1/invitations/look'
const ACCEPT = 'POST /api/v1/invitations/accept'
const SWITCH = 'POST /api/v1/auth/switch'
const seen = { organization: { ...ACME, name: 'Acme \u202egnp' }, role: 'admin', email: 'Ada@Example.org', expires_at: '2026-12-24T12:00:00Z' }

test('an invitation says who invites to what; nobody signs in first', async () => {
  serve({ [LOOK]: { body: seen } })
  const { container } = show(<InvitationPage />)
  await title('Join Acme \ufffdgnp')
  expect(screen.getByText(/invites Ada@Example.org to be an admin/)).toBeTruthy()
  expect((await screen.findByRole('link', { name: 'Sign in' })).getAttribute('href')).toBe('/sign-in?to=%2Finvitation')
  expect(screen.getByRole('link', { name: 'Register' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('whoever it is for joins, and goes there', async () => {
  beHere()
  const asked = serve({ [LOOK]: { body: seen }, [ACCEPT]: { body: { organization: ACME, position: 7 } }, [SWITCH]: { body: signedInAs({ access_token: 'token-2' }) } })
  const { router } = show(<InvitationPage />, '/log')
  await press('Join as an admin')
  await waitFor(() => expect(router.state.location.href).toBe('/'))
  expect(asked.slice(1).map(({ path, body }) => [path, body])).toEqual([
    ['/api/v1/invitations/accept', { token: 't0ken' }],
    ['/api/v1/auth/switch', { organization: ACME.id }],
  ])
})

test('who joined and did not get over there does not join twice', async () => {
  beHere()
  let up = false
  const asked = serve({
    [LOOK]: { body: seen },
    [ACCEPT]: { body: { organization: ACME, position: 7 } },
    [SWITCH]: () => (up ? { body: signedInAs() } : { status: 503, body: problem(503, 'database_down', 'the database does not answer') }),
  })
  const { router } = show(<InvitationPage />, '/log')
  await press('Join as an admin')
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('The database does not answer.'))
  up = true
  await press('Join as an admin')
  await waitFor(() => expect(router.state.location.href).toBe('/'))
  expect(asked.filter(({ path }) => path.endsWith('/accept'))).toHaveLength(1)
})

test('signed in as another address it says so, and has no button to join', async () => {
  const { session: id, organizations } = signedInAs()
  become({ state: 'person', bearer: 'token-1', session: id, user: BOB, organization: null, organizations })
  serve({ [LOOK]: { body: seen }, 'POST /api/v1/auth/logout': {} })
  const { container } = show(<InvitationPage />)
  expect((await screen.findByText(/You are signed in as bob@example.org. The invitation is for Ada@Example.org/)).getAttribute('role')).toBe('alert')
  expect(screen.queryByRole('button', { name: /^Join/ })).toBeNull()
  expect(await faults(container)).toEqual([])
  await press('Sign out and use the other address')
  expect(await screen.findByRole('link', { name: 'Sign in' })).toBeTruthy()
})

test('when the server says that the address is another one, it counts', async () => {
  beHere()
  serve({ [LOOK]: { body: seen }, [ACCEPT]: { status: 422, body: problem(422, 'other_address', 'the invitation is for another') } })
  show(<InvitationPage />)
  await press('Join as an admin')
  expect(await screen.findByText(/You are signed in as ada@example.org/)).toBeTruthy()
})

test('a key cannot join', async () => {
  openWithKey('omoi_secret')
  serve({ [LOOK]: { body: seen } })
  show(<InvitationPage />)
  expect(await screen.findByText(/Only a person can join/)).toBeTruthy()
  await press('Put the key away and sign in')
  expect(await screen.findByRole('link', { name: 'Sign in' })).toBeTruthy()
})

test.each([
  ['already_member', 'You are a member already.'],
  ['invitation_used', 'Somebody accepted this invitation before.'],
  ['invitation_expired', 'The time of the invitation is over.'],
  ['invitation_was_revoked', 'The invitation was taken back.'],
  ['member_limit', 'All places are taken'],
])('an invitation that cannot be accepted says why: %s', async (code, words) => {
  beHere()
  serve({ [LOOK]: { body: seen }, [ACCEPT]: { status: 422, body: problem(422, code, 'no') } })
  show(<InvitationPage />)
  await press('Join as an admin')
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain(words))
})

test('an invitation that nobody knows is over; one that cannot be read is tried again', async () => {
  let answer: { status: number; body: unknown } = { status: 503, body: problem(503, 'database_down', 'the database does not answer') }
  serve({ [LOOK]: () => answer })
  show(<InvitationPage />)
  expect((await screen.findByRole('alert')).textContent).toContain('The database does not answer.')
  answer = over
  await press('Try again')
  await title('This invitation is over')
})
