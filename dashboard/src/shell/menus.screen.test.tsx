import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { leave, openWithKey, session } from '../session/session'
import { describedBy, enter, openMenu, press, write } from '../testing/forms'
import { beHere, GLOBEX, signedInAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { notices } from './notices'
import { Notices } from './Notices'
import Nowhere from './Nowhere'
import OrganizationMenu from './OrganizationMenu'
import PersonMenu from './PersonMenu'

const SWITCH = 'POST /api/v1/auth/switch'
const MADE = { id: '00000000-0000-7000-8000-0000000000a3', name: 'Initech', slug: 'initech' }

beforeEach(() => void beHere())
afterEach(() => {
  leave()
  notices.setState({ shown: [] })
  vi.unstubAllGlobals()
})

const choose = async (name: string | RegExp, role = 'menuitem') => fireEvent.click(await screen.findByRole(role, { name }))

test('another organization is chosen from the menu', async () => {
  const asked = serve({ [SWITCH]: { body: signedInAs({ access_token: 'token-2', organization: GLOBEX }) } })
  const { container, router } = show(<OrganizationMenu />, '/log')
  expect(await faults(container)).toEqual([])
  await openMenu('Organization Acme')
  expect((await screen.findByRole('menuitemradio', { name: /^✓Acme/ })).getAttribute('aria-checked')).toBe('true')
  await choose(/^Globex/, 'menuitemradio')
  await waitFor(() => expect(session.getState()).toMatchObject({ bearer: 'token-2', organization: { name: 'Globex' } }))
  expect(asked.map(({ body }) => body)).toEqual([{ organization: GLOBEX.id }])
  expect(router.state.location.href).toBe('/')
})

test('who cannot go over stays, and is told', async () => {
  serve({ [SWITCH]: { status: 503, body: problem(503, 'database_down', 'the database does not answer') } })
  show(
    <>
      <OrganizationMenu />
      <Notices />
    </>,
  )
  await openMenu('Organization Acme')
  await choose(/^Globex/, 'menuitemradio')
  expect(await screen.findByText('Still in Acme. The database does not answer.')).toBeTruthy()
  expect(session.getState()).toMatchObject({ bearer: 'token-1', organization: { name: 'Acme' } })
})

test('an organization is made, and gone over to as soon as it is there', async () => {
  let switches = 0
  const asked = serve({
    'POST /api/v1/organizations': { status: 201, body: { ...MADE, position: 5 } },
    [SWITCH]: () =>
      (switches += 1) === 1
        ? { status: 404, body: problem(404, 'not_found', 'no') }
        : { body: signedInAs({ organization: { ...MADE, role: 'owner' } }) },
  })
  const { container } = show(<OrganizationMenu />, '/log')
  await openMenu('Organization Acme')
  await choose('New organization …')
  const name = await write('Name', 'Initech')
  expect(await faults(container)).toEqual([])
  enter(name)
  await waitFor(() => expect(session.getState()).toMatchObject({ organization: { name: 'Initech' } }))
  expect(asked.filter(({ path }) => path.endsWith('/organizations')).map(({ body }) => body)).toEqual([{ name: 'Initech' }])
})

test('a short name that is taken is said beside its field', async () => {
  serve({ 'POST /api/v1/organizations': { status: 409, body: problem(409, 'taken', 'no') } })
  show(<OrganizationMenu />)
  await openMenu('Organization Acme')
  await choose('New organization …')
  await write('Name', 'Initech')
  const slug = await write('Short name', 'Init ech')
  enter(slug)
  await waitFor(() => expect(describedBy(slug)).toContain('Use only a-z'))
  await write('Short name', 'initech')
  enter(slug)
  await waitFor(() => expect(describedBy(slug)).toContain('Another organization has this short name.'))
})

test('signing out forgets where one was', async () => {
  const asked = serve({ 'POST /api/v1/auth/logout': {} })
  const { container, router } = show(<PersonMenu />, '/log')
  expect(await faults(container)).toEqual([])
  await openMenu('Ada')
  await choose('Sign out')
  await waitFor(() => expect(session.getState()).toEqual({ state: 'out', why: null }))
  expect(router.state.location.href).toBe('/')
  expect([asked[0]?.headers.get('x-omoi-csrf'), asked[0]?.headers.get('authorization')]).toEqual(['1', 'Bearer token-1'])
})

test('a sign-out that failed is no sign-out, and says so', async () => {
  serve({ 'POST /api/v1/auth/logout': { status: 503, body: problem(503, 'database_down', 'the database does not answer') } })
  show(
    <>
      <PersonMenu />
      <Notices />
    </>,
  )
  await openMenu('Ada')
  await choose('Sign out')
  expect(await screen.findByText('Not signed out. The database does not answer.')).toBeTruthy()
  expect(session.getState().state).toBe('person')
})

test('a key is forgotten without asking the server', async () => {
  openWithKey('omoi_secret')
  const asked = serve({})
  show(<PersonMenu />)
  await openMenu('Key')
  await choose('Forget the key')
  await waitFor(() => expect(session.getState().state).toBe('out'))
  expect(asked).toEqual([])
})

test('with a key there is no organization to choose', async () => {
  openWithKey('omoi_secret')
  const { container } = show(<OrganizationMenu />)
  await waitFor(() => expect(container.querySelector('button')).toBeNull())
})

test('who is nowhere is offered an organization', async () => {
  const { container } = show(<Nowhere />)
  expect(await screen.findByRole('heading', { name: 'You belong to no organization' })).toBeTruthy()
  await press('New organization')
  expect(await screen.findByRole('dialog', { name: 'New organization' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})
