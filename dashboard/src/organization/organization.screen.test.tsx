import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Member, Organization, Role } from '../api/identityTypes'
import { leave, openWithKey, session } from '../session/session'
import { describedBy, enter, openMenu, press, write } from '../testing/forms'
import { ACME, ADA, beHere, BOB, GLOBEX, meAs, signedInAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { GeneralPage } from './GeneralPage'
import { KeysPage } from './KeysPage'
import { MembersPage } from './MembersPage'

const at = (rest = '') => `/api/v1/organizations/${ACME.id}${rest}`
const acme = (given: Partial<Organization> = {}): Organization => ({
  id: ACME.id,
  name: 'Acme',
  slug: 'acme',
  state: 'active',
  limits: { members: 100, projects: 50, concurrent_runs: 10 },
  members: 2,
  role: 'owner',
  position: 1,
  stale: null,
  ...given,
})
const ada: Member = { user: ADA.id, display_name: 'Ada', email: ADA.email, role: 'owner', since: '2026-01-01T00:00:00Z' }
const bob: Member = { user: BOB.id, display_name: 'Bob \u202egnp', email: BOB.email, role: 'member', since: '2026-01-02T00:00:00Z' }

/** Somebody of this role is here; what else is asked is answered by `answers`. */
function as(role: Role, answers: Parameters<typeof serve>[0]) {
  beHere(role)
  return serve({ 'GET /api/v1/auth/me': { body: meAs(role) }, ...answers })
}

beforeEach(() => void beHere())
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

test.each([
  ['organization', GeneralPage, at()],
  ['members', MembersPage, at('/members')],
  ['keys', KeysPage, at('/api-keys')],
])('%s: loading, failed, and forbidden for a key', async (_, Page, path) => {
  let answer = () => {}
  const [down, late] = [{ status: 503, body: problem(503, 'database_down', 'the database does not answer') }, { body: { invitations: [] } }]
  as('owner', {
    [`GET ${path}`]: () => new Promise((resolve) => (answer = () => resolve(down))),
    [`GET ${at('/invitations')}`]: late,
  })
  const { container, unmount } = show(<Page />)
  await waitFor(() => expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toContainEqual(expect.stringMatching(/^Reading the/)))
  answer()
  await waitFor(() => expect(screen.getAllByRole('alert').map(({ textContent }) => textContent).join()).toContain('The database does not answer.'))
  expect(await faults(container)).toEqual([])
  unmount()
  openWithKey('omoi_secret')
  show(<Page />)
  expect(await screen.findByRole('heading', { name: 'This needs a person' })).toBeTruthy()
})

// ---- general ----

test('an owner renames it, and the menus show the new name', async () => {
  let name = 'Acme'
  const asked = as('owner', {
    [`GET ${at()}`]: () => ({ body: acme({ name }) }),
    [`POST ${at('/rename')}`]: ({ body }) => {
      name = (body as { name: string }).name
      return { body: { position: 9 } }
    },
    'GET /api/v1/auth/me': () => ({ body: { ...meAs(), organization: { ...ACME, name } } }),
  })
  const { container } = show(<GeneralPage />)
  const field = await write('Name', 'Acme & Sons')
  expect(await faults(container)).toEqual([])
  enter(field)
  await screen.findByRole('heading', { level: 1, name: 'Acme & Sons' })
  await waitFor(() => expect(session.getState()).toMatchObject({ organization: { name: 'Acme & Sons' } }))
  expect(asked.filter(({ headers }) => headers.get('omoi-min-position') === '9').map(({ path }) => path)).toEqual([at(), '/api/v1/auth/me'])
})

test('limits are numbers, and each wrong one says so', async () => {
  const asked = as('admin', { [`GET ${at()}`]: { body: acme() }, [`PUT ${at('/limits')}`]: { body: { position: 9 } } })
  show(<GeneralPage />)
  const members = await write('Members and open invitations', '0')
  const runs = await write('Runs at a time', '1e3')
  enter(members)
  await waitFor(() => expect(document.activeElement).toBe(members))
  for (const field of [members, runs]) expect(describedBy(field)).toContain('Write a number from 1 to 10,000.')
  await write('Members and open invitations', '5')
  await write('Runs at a time', '3')
  enter(members)
  await screen.findByText('Set.')
  expect(asked.find(({ method }) => method === 'PUT')?.body).toEqual({ members: 5, projects: 50, concurrent_runs: 3 })
})

test('what a role may not do is said and not offered', async () => {
  as('viewer', { [`GET ${at()}`]: { body: acme({ role: 'viewer' }) } })
  const { container } = show(<GeneralPage />)
  expect(await screen.findByText(/The name is not yours to change. You are a viewer: ask an owner or an admin./)).toBeTruthy()
  expect(screen.getByText(/The limits are not yours to change/)).toBeTruthy()
  expect(screen.getByText('Only an owner can close it.')).toBeTruthy()
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Leave …'])
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('a suspended one says so and offers no change', async () => {
  as('owner', { [`GET ${at()}`]: { body: acme({ state: 'suspended' }) } })
  show(<GeneralPage />)
  expect(await screen.findByText(/^Suspended/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Rename' })).toBeNull()
})

test('closing asks for the name, and then goes over to another organization', async () => {
  const asked = as('owner', {
    [`GET ${at()}`]: { body: acme() },
    [`POST ${at('/close')}`]: { body: { position: 9 } },
    'POST /api/v1/auth/switch': { body: signedInAs({ organization: GLOBEX, organizations: [GLOBEX] }) },
  })
  const { container, router } = show(<GeneralPage />, '/organization')
  await press('Close …')
  const dialog = screen.getByRole('dialog', { name: 'Close Acme for good?' })
  expect(await faults(container)).toEqual([])
  const written = await write('Write its name to go on', 'acme')
  enter(written)
  await waitFor(() => expect(describedBy(written)).toContain('This is not the name.'))
  expect(asked.some(({ method }) => method === 'POST')).toBe(false)
  await write('Write its name to go on', 'Acme')
  fireEvent.click(within(dialog).getByRole('button', { name: 'Close Acme' }))
  await waitFor(() => expect(session.getState()).toMatchObject({ organization: { name: 'Globex' } }))
  expect(router.state.location.href).toBe('/')
})

test('the last owner cannot leave, and hears what to do', async () => {
  as('owner', { [`GET ${at()}`]: { body: acme() }, [`POST ${at('/leave')}`]: { status: 422, body: problem(422, 'last_owner', 'x is the last owner') } })
  show(<GeneralPage />)
  await press('Leave …')
  await press('Leave Acme')
  await waitFor(() =>
    expect(within(screen.getByRole('dialog')).getByRole('alert').textContent).toBe(
      'You are the last owner of Acme. Make another member an owner first, or close the organization.',
    ),
  )
  expect(session.getState()).toMatchObject({ organization: { name: 'Acme' } })
})

test('who leaves the only one is nowhere', async () => {
  const alone = { ...meAs('member'), organizations: [ACME] }
  const { permissions: _, ...standing } = alone
  session.setState({ state: 'person', bearer: 'token-1', ...standing }, true)
  serve({ 'GET /api/v1/auth/me': { body: alone }, [`GET ${at()}`]: { body: acme() }, [`POST ${at('/leave')}`]: { body: { position: 9 } } })
  show(<GeneralPage />)
  await press('Leave …')
  await press('Leave Acme')
  await waitFor(() => expect(session.getState()).toMatchObject({ state: 'person', organization: null }))
})

// ---- members ----

const people = (members: Member[], invitations: unknown[] = []) => ({
  [`GET ${at('/members')}`]: { body: { members } },
  [`GET ${at('/invitations')}`]: { body: { invitations } },
})

test('members stand by role, and hostile names are words', async () => {
  as('owner', people([bob, ada]))
  const { container } = show(<MembersPage />)
  const rows = (await screen.findAllByRole('row')).slice(1)
  expect(rows.map((row) => row.querySelector('td')?.textContent)).toEqual([`Adayou${ADA.email}`, `Bob \ufffdgnp${BOB.email}`])
  expect(await screen.findByText('Nobody is invited who has not answered.')).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('another role is given from a menu that says what each may do', async () => {
  let role: Role = 'member'
  const asked = as('owner', {
    ...people([ada]),
    [`GET ${at('/members')}`]: () => ({ body: { members: [ada, { ...bob, role }] } }),
    [`POST ${at(`/members/${BOB.id}/role`)}`]: ({ body }) => {
      role = (body as { role: Role }).role
      return { body: { position: 11 } }
    },
  })
  show(<MembersPage />)
  await openMenu(/^Member: role of Bob/)
  fireEvent.click(await screen.findByRole('menuitemradio', { name: /^Admin/ }))
  expect(await screen.findByRole('button', { name: /^Admin: role of Bob/ })).toBeTruthy()
  expect(asked.at(-1)?.headers.get('omoi-min-position')).toBe('11')
})

test('an admin cannot touch an owner, nor make one', async () => {
  as('admin', people([{ ...ada, user: 'other', display_name: 'Eve' }, { ...ada, role: 'admin' }, bob]))
  show(<MembersPage />)
  const eve = (await screen.findByText('Eve')).closest('tr')!
  expect(within(eve).queryByRole('button')).toBeNull()
  expect(within(eve).getByText('above your role')).toBeTruthy()
  await openMenu(/role of Bob/)
  const owner = await screen.findByRole('menuitemradio', { name: /^Owner/ })
  expect([owner.getAttribute('aria-disabled'), owner.textContent]).toEqual(['true', 'Ownerabove your role'])
})

test('a member sees the others and no buttons', async () => {
  as('member', people([{ ...ada, role: 'member' }, bob]))
  const { container } = show(<MembersPage />)
  await screen.findByText('Bob \ufffdgnp')
  expect(screen.queryByRole('button')).toBeNull()
  expect(screen.getByText(/Inviting is not yours to do. You are a member/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('the last owner stays owner, and the page says what to do', async () => {
  as('owner', { ...people([ada, bob]), [`POST ${at(`/members/${ADA.id}/role`)}`]: { status: 422, body: problem(422, 'last_owner', 'x is the last owner') } })
  show(<MembersPage />)
  await openMenu(/^Owner: role of Ada/)
  fireEvent.click(await screen.findByRole('menuitemradio', { name: /^Viewer/ }))
  await press('Be a viewer')
  await waitFor(() =>
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toContain('Ada is the last owner. Make another member an owner first.'),
  )
  expect(screen.getByRole('button', { name: /^Owner: role of Ada/ })).toBeTruthy()
})

test('a member is removed by name, after a question', async () => {
  let members = [ada, bob]
  const asked = as('owner', {
    ...people([]),
    [`GET ${at('/members')}`]: () => ({ body: { members } }),
    [`DELETE ${at(`/members/${BOB.id}`)}`]: () => {
      members = [ada]
      return { body: { position: 12 } }
    },
  })
  show(<MembersPage />)
  await press('Remove Bob \ufffdgnp')
  expect(asked.some(({ method }) => method === 'DELETE')).toBe(false)
  fireEvent.click(within(screen.getByRole('dialog', { name: 'Remove Bob \ufffdgnp?' })).getByRole('button', { name: 'Remove' }))
  await waitFor(() => expect(screen.queryByText('Bob \ufffdgnp')).toBeNull())
})

test('somebody is invited, and the invitation is taken back', async () => {
  let invitations: unknown[] = []
  const eve = { id: 'i-1', email: 'eve@example.org', role: 'viewer', expires_at: '2026-12-01T12:00:00Z', state: 'open' }
  const asked = as('admin', {
    ...people([ada]),
    [`GET ${at('/invitations')}`]: () => ({ body: { invitations } }),
    [`POST ${at('/invitations')}`]: () => {
      invitations = [eve]
      return { status: 201, body: { id: 'i-1', expires_at: eve.expires_at, position: 13 } }
    },
    [`DELETE ${at('/invitations/i-1')}`]: () => {
      invitations = []
      return { body: { position: 14 } }
    },
  })
  const { container } = show(<MembersPage />)
  const field = await write('Mail address', 'eve@example.org')
  expect(within(screen.getByLabelText('Role')).getAllByRole('option').map(({ textContent }) => textContent)).toEqual(['Admin', 'Member', 'Viewer'])
  fireEvent.change(screen.getByLabelText('Role'), { target: { value: 'viewer' } })
  enter(field)
  expect(await screen.findByText('An invitation to eve@example.org is on its way.')).toBeTruthy()
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ email: 'eve@example.org', role: 'viewer', days: 7 })
  expect((field as HTMLInputElement).value).toBe('')
  expect(await faults(container)).toEqual([])
  await press('Revoke the invitation of eve@example.org')
  await press('Revoke')
  expect(await screen.findByText('Nobody is invited who has not answered.')).toBeTruthy()
})

test.each([
  ['already_invited', 'Mail address', 'There is an open invitation to this address.'],
  ['already_member', 'Mail address', 'Whoever has this address is a member already.'],
  ['above_asker', 'Role', 'This is about a role above yours.'],
])('an invitation that is refused says why, beside its field: %s', async (code, label, words) => {
  as('owner', { ...people([ada]), [`POST ${at('/invitations')}`]: { status: 422, body: problem(422, code, 'no') } })
  show(<MembersPage />)
  enter(await write('Mail address', 'eve@example.org'))
  await waitFor(() => expect(describedBy(screen.getByLabelText(label))).toContain(words))
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(label)))
})

test('a full organization says what to do', async () => {
  as('owner', { ...people([ada]), [`POST ${at('/invitations')}`]: { status: 422, body: problem(422, 'member_limit', 'no') } })
  show(<MembersPage />)
  enter(await write('Mail address', 'eve@example.org'))
  expect(await screen.findByText(/^All places are taken, open invitations included./)).toBeTruthy()
})

// ---- keys ----

const KEYS = `GET ${at('/api-keys')}`
const PROJECTS = { 'GET /api/v1/projects': { body: { position: 1, projects: [], next: null } } }
const ci = {
  id: 'k-1',
  name: 'CI \u202egnp',
  scopes: ['projects:read', 'tickets:write'],
  project: null,
  maker: BOB.id,
  mine: false,
  expires_at: '2099-12-01T12:00:00Z',
  last_used_at: null,
}

test('without a key the page says what one is for', async () => {
  as('member', { [KEYS]: { body: { keys: [] } } })
  const { container } = show(<KeysPage />)
  expect(await screen.findByRole('heading', { name: 'No key yet' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('who may not have keys is told', async () => {
  const asked = as('viewer', {})
  const { container } = show(<KeysPage />)
  expect(await screen.findByRole('heading', { name: 'Your role does not show the keys' })).toBeTruthy()
  expect(asked.map(({ path }) => path)).toEqual(['/api/v1/auth/me'])
  expect(await faults(container)).toEqual([])
})

test('a key is made, shown this once, copied, and hidden for good', async () => {
  let keys: unknown[] = []
  const asked = as('owner', {
    ...PROJECTS,
    [KEYS]: () => ({ body: { keys } }),
    [`POST ${at('/api-keys')}`]: () => {
      keys = [{ ...ci, name: 'CI', mine: true }]
      return { status: 201, body: { id: 'k-1', key: 'omoi_k3y', expires_at: ci.expires_at, position: 15 } }
    },
  })
  const copied = vi.fn(async () => {})
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: copied } })
  const { container } = show(<KeysPage />)
  await press('Make a key')
  const name = await write('Name', 'CI')
  expect(await faults(container)).toEqual([])
  enter(name)
  expect(await screen.findByText('Choose at least one thing that the key may do.')).toBeTruthy()
  await waitFor(() => expect(document.activeElement?.getAttribute('name')).toBe('scopes'))
  // The owner of this test may not approve, so no key of hers may.
  expect(screen.queryByRole('checkbox', { name: /tickets:approve/ })).toBeNull()
  expect(screen.getByText(/A key may not do what you may not/).textContent).toContain('tickets:approve')
  fireEvent.click(screen.getByRole('checkbox', { name: /tickets:write/ }))
  enter(name)

  const made = await screen.findByRole('region', { name: 'The new key' })
  expect(made.textContent).toContain('Take the key “CI” along now: it is shown this once.')
  const field = within(made).getByLabelText('The key CI') as HTMLInputElement
  expect(field.value).toBe('omoi_k3y')
  expect(document.activeElement).toBe(field)
  expect(await faults(container)).toEqual([])
  fireEvent.click(within(made).getByRole('button', { name: 'Copy' }))
  await within(made).findByRole('button', { name: 'Copied' })
  expect(copied).toHaveBeenCalledWith('omoi_k3y')
  expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([{ name: 'CI', scopes: ['tickets:write'], days: 90 }])

  fireEvent.click(within(made).getByRole('button', { name: 'I have it: hide it' }))
  expect(container.innerHTML).not.toContain('omoi_k3y')
  expect(await screen.findByRole('button', { name: 'Revoke the key CI' })).toBeTruthy()
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('omoi_k3y')
})

test('without a clipboard it says how to copy by hand', async () => {
  as('owner', {
    ...PROJECTS,
    [KEYS]: { body: { keys: [] } },
    [`POST ${at('/api-keys')}`]: { status: 201, body: { id: 'k-1', key: 'omoi_k3y', expires_at: ci.expires_at, position: 15 } },
  })
  vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
  show(<KeysPage />)
  await press('Make a key')
  const name = await write('Name', 'CI')
  fireEvent.click(screen.getByRole('checkbox', { name: /projects:read/ }))
  enter(name)
  await press('Copy')
  expect(await screen.findByText(/press Ctrl\+C or Cmd\+C/)).toBeTruthy()
})

test('a making whose answer is lost is not sent twice', async () => {
  const asked = as('owner', {
    ...PROJECTS,
    [KEYS]: { body: { keys: [] } },
    [`POST ${at('/api-keys')}`]: { status: 503, body: problem(503, 'database_down', 'the database does not answer') },
  })
  show(<KeysPage />)
  await press('Make a key')
  const name = await write('Name', 'CI')
  fireEvent.click(screen.getByRole('checkbox', { name: /projects:read/ }))
  enter(name)
  await waitFor(() => expect(within(screen.getByRole('dialog')).getByRole('alert').textContent).toBe('The database does not answer.'))
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('a key says whose it is and is revoked by name', async () => {
  let keys: unknown[] = [ci]
  as('admin', {
    [KEYS]: () => ({ body: { keys } }),
    [`GET ${at('/members')}`]: { body: { members: [ada, bob] } },
    [`DELETE ${at('/api-keys/k-1')}`]: () => {
      keys = []
      return { body: { position: 16 } }
    },
  })
  const { container } = show(<KeysPage />)
  expect(await screen.findByText('of Bob \ufffdgnp')).toBeTruthy()
  expect(screen.getByText(/never used/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  await press('Revoke the key CI \ufffdgnp')
  expect(screen.getByRole('dialog', { name: 'Revoke the key “CI \ufffdgnp”?' })).toBeTruthy()
  await press('Revoke')
  expect(await screen.findByRole('heading', { name: 'No key yet' })).toBeTruthy()
})
