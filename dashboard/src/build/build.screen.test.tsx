import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { Shell } from '../shell/Shell'
import { currentScopes } from '../shell/useKeys'
import { Begun } from '../spec/Begun'
import { describedBy, press, write } from '../testing/forms'
import { beHere, beNobody } from '../testing/people'
import { type Asked, faults, problem, serve, show } from '../testing/render'
import { profile } from '../testing/runs'
import { HOSTILE, PROJECT, SPEC, waiting } from '../testing/specs'
import { BuildPage } from './BuildPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const PROJECTS = 'GET /api/v1/projects'
const AGENTS = 'GET /api/v1/agents'
const MAKE = 'POST /api/v1/projects'
const ONE = `GET /api/v1/projects/${PROJECT}`
const LINK = `PUT /api/v1/projects/${PROJECT}/repository`
const SETTINGS = `POST /api/v1/projects/${PROJECT}/settings`
const SUBMIT = `POST /api/v1/projects/${PROJECT}/specs`
const IMPORT = `${SUBMIT}/import`
const AUTONOMY = `POST /api/v1/projects/${PROJECT}/autonomy`

const fresh = { id: PROJECT, name: 'billing', slug: 'billing', status: 'active', autonomy: false, repository: null, settings: { max_concurrent_runs: 5, verify: [] } }
const linked = { ...fresh, name: 'Billing', autonomy: true, repository: { url: '/srv/billing', branch: null, status: 'linked' }, settings: { max_concurrent_runs: 3, verify: ['make test'], agent: 'opencode' } }
const lack = { code: 'model' as const, reason: 'there is no model', mend: 'Set one.' }
const profiles = [profile({ name: 'kimi', lack }), profile({ name: 'native' }), profile({ name: 'opencode' })]

/** A server that has only this project, or none, and does what it is told. */
const answers = (there?: typeof linked, given: Record<string, unknown> = {}) => ({
  [PROJECTS]: { body: { position: 9, projects: there ? [there] : [], next: null } },
  [AGENTS]: { body: { position: 9, stale: null, agents: [], profiles } },
  [MAKE]: { status: 201, body: { id: PROJECT, name: 'billing', slug: 'billing', position: 10 } },
  [ONE]: { body: { ...(there ?? fresh), position: 10, stale: null } },
  [LINK]: { body: { url: '/srv/billing', branch: 'main', commit: '0c1d2e3f4a5b60718293a4b5c6d7e8f901234567', position: 11 } },
  [SETTINGS]: { body: { position: 12 } },
  [SUBMIT]: { status: 201, body: { id: SPEC, title: 'Todo', position: 13 } },
  [IMPORT]: { status: 201, body: { id: SPEC, title: 'Todo', position: 13 } },
  [AUTONOMY]: { body: { position: 14 } },
  [`GET /api/v1/specs/${SPEC}`]: { body: waiting() },
  ...given,
}) as Parameters<typeof serve>[0]

const page = (repository?: string) => show(<BuildPage repository={repository} />, '/build')
const written = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [`${method} ${path}`, body])
const keysOf = (asked: readonly Asked[], what: string) => asked.filter(({ method, path }) => `${method} ${path}` === what).map(({ headers }) => headers.get('idempotency-key'))
const steps = async () => within(await screen.findByRole('list', { name: 'Steps of the build' })).getAllByRole('listitem').map(({ textContent }) => textContent)

async function fill() {
  await write('Repository', '/srv/billing')
  await write('The idea, in your words', ' A list of things to do. ')
}

test('an idea is built: step after step as the command does it, then the page of its spec', async () => {
  beHere('admin')
  const asked = serve(answers())
  const { router, container } = page()
  await fill()
  await write('What shows that work is done', 'make test\n\n cargo test ')
  await write('Agents at the same time', '4')
  expect(await faults(container)).toEqual([])
  await press('Build')
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  expect((router.state.location.state as { begun?: boolean }).begun).toBe(true)
  expect(written(asked)).toEqual([
    [MAKE, { name: 'billing', slug: 'billing' }],
    [LINK, { url: '/srv/billing' }],
    [SETTINGS, { max_concurrent_runs: 4, verify: ['make test', 'cargo test'], agent: { kind: 'profile', name: 'native' } }],
    [SUBMIT, { idea: 'A list of things to do.', gates: 'review' }],
    [AUTONOMY, { on: true }],
  ])
  expect(asked.filter(({ method }) => method !== 'GET').every(({ headers }) => headers.get('idempotency-key')?.startsWith('omoi-build-'))).toBe(true)
  // What was written is waited for.
  expect(asked.find(({ path }) => path.endsWith(SPEC))?.search.get('min_position')).toBe('13')
})

test('a project that has the repository is shown, and what is set there stays', async () => {
  beHere('member')
  const asked = serve(answers({ ...linked, name: HOSTILE }))
  const { router, container } = page('/srv/billing')
  const field = await screen.findByLabelText('Repository')
  expect(describedBy(field)).toBe(`The project ${HOSTILE} has this repository: it is built there.`)
  expect((screen.getByRole('radio', { name: /^opencode can run here, as the project has it/ }) as HTMLInputElement).checked).toBe(true)
  expect(describedBy(screen.getByLabelText('What shows that work is done'))).toContain('those of the project: make test')
  expect(describedBy(screen.getByLabelText('Agents at the same time'))).toContain('3, as the project has it')
  await write('The idea, in your words', 'A list.')
  expect(await faults(container)).toEqual([])
  await press('Build')
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  expect(written(asked)).toEqual([[SUBMIT, { idea: 'A list.', gates: 'review' }]])
  expect(container.querySelector('img[src]')).toBeNull()
})

test('what is refused stands at its field and its step; the next try goes on, and makes nothing twice', async () => {
  beHere('owner')
  let reads = false
  const refusal = { status: 422, body: problem(422, 'not_a_repository', 'there is no git repository at /srv/billing') }
  const good = answers()
  const asked = serve({ ...good, [LINK]: () => (reads ? (good[LINK] as { body: unknown }) : refusal) })
  const { router, container } = page()
  await fill()
  await write('What shows that work is done', 'make test')
  await press('Build')
  const field = screen.getByLabelText('Repository')
  await waitFor(() => expect(describedBy(field)).toMatch(/^There is no git repository at \/srv\/billing\./))
  expect(await steps()).toEqual([
    expect.stringMatching(/^Done.*the project billing is made$/),
    expect.stringMatching(/^Refused.*There is no git repository at \/srv\/billing\.$/),
    expect.stringMatching(/^Not yet/),
    expect.stringMatching(/^Not yet/),
    expect.stringMatching(/^Not yet/),
  ])
  expect((screen.getByLabelText('The idea, in your words') as HTMLTextAreaElement).value).toBe(' A list of things to do. ')
  expect(await faults(container)).toEqual([])
  reads = true
  await press('Go on')
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  const [made, again] = keysOf(asked, MAKE)
  expect(again).toBe(made)
  const [refused, taken] = keysOf(asked, LINK)
  expect(taken).not.toBe(refused)
  expect(keysOf(asked, SUBMIT)).toHaveLength(1)
})

test('what is handed in is not handed in again when a later step is refused', async () => {
  beHere('owner')
  let quiet = false
  const good = answers()
  const asked = serve({ ...good, [AUTONOMY]: () => (quiet ? { body: { position: 14 } } : { status: 409, body: problem(409, 'conflict', 'others changed it again and again; send it again') }) })
  const { router, container } = page()
  await fill()
  await write('What shows that work is done', 'make test')
  await press('Build')
  expect(await screen.findByText('Others changed it again and again; send it again.', { selector: '[role=alert]' })).toBeTruthy()
  expect((await screen.findByRole('link', { name: 'Open the spec' }) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`)
  expect((screen.getByLabelText('Repository') as HTMLInputElement).matches(':disabled')).toBe(true)
  expect(await faults(container)).toEqual([])
  quiet = true
  await press('Go on')
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  expect([MAKE, LINK, SUBMIT].map((what) => keysOf(asked, what).length)).toEqual([1, 1, 1])
})

test('a slug that is taken gets a number', async () => {
  beHere('owner')
  const asked = serve({ ...answers(), [MAKE]: ({ body }) => ((body as { slug: string }).slug === 'billing' ? { status: 409, body: problem(409, 'taken', 'it is taken') } : { status: 201, body: { id: PROJECT, name: 'billing', slug: 'billing-2', position: 10 } }) })
  page()
  await fill()
  await write('What shows that work is done', 'make test')
  await press('Build')
  await waitFor(() => expect(keysOf(asked, SUBMIT)).toHaveLength(1))
  expect(written(asked).slice(0, 2)).toEqual([
    [MAKE, { name: 'billing', slug: 'billing' }],
    [MAKE, { name: 'billing', slug: 'billing-2' }],
  ])
})

test('work that nothing judges, and an agent that cannot run, are refused before anything is made', async () => {
  beHere('owner')
  const asked = serve(answers())
  page()
  await fill()
  await press('Build')
  const verify = screen.getByLabelText('What shows that work is done')
  await waitFor(() => expect(describedBy(verify)).toMatch(/^Nothing says yet what shows that a task is done; give the command that tests the repository/))
  await waitFor(() => expect(document.activeElement).toBe(verify))
  fireEvent.click(screen.getByRole('radio', { name: /^kimi/ }))
  await press('Go on')
  expect(await screen.findByText('The agent kimi cannot run: there is no model. Set one.', { selector: 'p' })).toBeTruthy()
  expect(written(asked)).toEqual([])
})

test('what is not filled in is asked for, and nothing is sent', async () => {
  beHere('owner')
  const asked = serve(answers())
  const { container } = page()
  await write('Repository', '../billing')
  await write('Agents at the same time', '0')
  await press('Build')
  await waitFor(() => expect(describedBy(screen.getByLabelText('Repository'))).toMatch(/^Give the whole path/))
  expect(describedBy(screen.getByLabelText('The idea, in your words'))).toMatch(/^Write down what you want/)
  expect(describedBy(screen.getByLabelText('Agents at the same time'))).toMatch(/^A number from 1 to 1000/)
  await press('A plan in files')
  await write('Repository', '/srv/billing')
  await write('Agents at the same time', '')
  await press('Build')
  expect(await screen.findByText('Choose a folder or files first.')).toBeTruthy()
  expect(await faults(container)).toEqual([])
  expect(written(asked)).toEqual([])
})

test('a plan that brings its checks needs no command; what is wrong with it stands with its file and line', async () => {
  beHere('owner')
  let good = false
  const problems = [{ code: 'no_such_task', file: 'a.plan.md', line: 12, message: 'there is no task 9' }]
  const asked = serve({ ...answers(), [IMPORT]: () => (good ? { status: 201, body: { id: SPEC, title: 'Todo', position: 13 } } : { status: 422, body: { ...problem(422, 'invalid_plan', 'the plan has 1 problem'), problems } }) })
  const { router, container } = page('/srv/billing')
  await press('A plan in files')
  const text = '#### TSK-001: a\n- Validate: make test\n'
  const take = async () => fireEvent.change(await screen.findByLabelText('Files'), { target: { files: [new File([text], 'a.plan.md')] } })
  await take()
  expect(await screen.findByText('a.plan.md')).toBeTruthy()
  await press('Build')
  expect(await screen.findByText('a.plan.md:12')).toBeTruthy()
  expect(await faults(container)).toEqual([])
  good = true
  await take()
  await waitFor(() => expect(screen.queryByText('a.plan.md:12')).toBeNull())
  await press('Go on')
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  expect(written(asked).filter(([what]) => what === IMPORT)[1]).toEqual([IMPORT, { files: [{ path: 'a.plan.md', text }], gates: 'auto' }])
  const [refused, taken] = keysOf(asked, IMPORT)
  expect(taken).not.toBe(refused)
})

test('a server without a model says so at the idea, and a plan is offered in its place', async () => {
  beHere('owner')
  serve(answers(linked, { [SUBMIT]: { status: 422, body: problem(422, 'no_model', 'this server plans no ideas') } }))
  page('/srv/billing')
  await write('The idea, in your words', 'A list.')
  await press('Build')
  await waitFor(() => expect(describedBy(screen.getByLabelText('The idea, in your words'))).toMatch(/^This server has no model/))
  await press('Bring a plan along instead')
  expect(screen.getByRole('button', { name: 'A plan in files' }).getAttribute('aria-pressed')).toBe('true')
})

test('who may not make projects reads why, and may build in one that is there', async () => {
  beHere('viewer')
  const asked = serve(answers())
  const { container, unmount } = page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
  expect(asked).toEqual([])
  expect(await faults(container)).toEqual([])
  unmount()
  beHere('member')
  const as_member = serve(answers())
  page()
  await fill()
  await write('What shows that work is done', 'make test')
  expect(describedBy(screen.getByLabelText('Repository'))).toContain('You are a member in Acme: an owner or an admin makes projects and sets them up.')
  await press('Build')
  await waitFor(() => expect(describedBy(screen.getByLabelText('Repository'))).toMatch(/^No project has this repository\. You are a member/))
  expect(written(as_member)).toEqual([])
})

test('while it is read it says so; what cannot be read says why; a key that may not reads what it needs', async () => {
  serve(answers(undefined, { [AGENTS]: () => new Promise(() => {}) }))
  const first = page()
  expect((await screen.findByRole('status')).textContent).toBe('Reading the projects and the agents …')
  expect(await faults(first.container)).toEqual([])
  first.unmount()
  serve(answers(undefined, { [PROJECTS]: { status: 403, body: problem(403, 'forbidden', 'the key may not') } }))
  const second = page()
  expect(await screen.findByRole('heading', { name: 'This key does not build' })).toBeTruthy()
  expect(await faults(second.container)).toEqual([])
  second.unmount()
  let down = true
  serve(answers(undefined, { [AGENTS]: () => (down ? { status: 503, body: problem(503, 'unavailable', 'the database is away') } : { body: { position: 9, stale: null, agents: [], profiles } }) }))
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('The database is away.')
  down = false
  await press('Try again')
  expect(await screen.findByLabelText('Repository')).toBeTruthy()
})

test('a server that cannot be reached is said, and the form keeps what was filled in', async () => {
  beHere('owner')
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  const { unmount } = page()
  expect((await screen.findByRole('alert')).textContent).toContain('The server cannot be reached.')
  unmount()
  serve(answers())
  page()
  await fill()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  await press('Build')
  expect(await screen.findByText('The server cannot be reached. Nothing was changed.', { selector: '[role=alert]' })).toBeTruthy()
  expect((screen.getByLabelText('Repository') as HTMLInputElement).value).toBe('/srv/billing')
})

test('a build that has begun says on the page of its spec where its work and its merge are seen', async () => {
  serve({})
  const { router, container } = show(<Begun project={PROJECT} />, `/p/${PROJECT}/specs/${SPEC}`)
  await waitFor(() => expect(router.state.status).toBe('idle'))
  expect(screen.queryByRole('status')).toBeNull()
  await act(() => router.navigate({ to: '/p/$project/specs/$spec', params: { project: PROJECT, spec: SPEC }, state: { begun: true } } as never))
  const said = within(await screen.findByRole('status'))
  expect(said.getAllByRole('link').map((link) => (link as HTMLAnchorElement).pathname)).toEqual([`/p/${PROJECT}/board`, `/p/${PROJECT}/merges`])
  expect(await faults(container)).toEqual([])
})

test('two keys lead here from everywhere', async () => {
  beHere('owner')
  serve({})
  const { router } = show(<Shell>The page</Shell>, '/now')
  await screen.findByText('The page')
  const bindings = currentScopes().flatMap(({ bindings }) => bindings)
  const find = (keys: string) => bindings.filter((binding) => binding.keys === keys)
  expect([find('g n').length, find('g p').length]).toEqual([1, 1])
  act(() => find('g n')[0]!.run())
  await waitFor(() => expect(router.state.location.pathname).toBe('/build'))
  act(() => find('g p')[0]!.run())
  await waitFor(() => expect(router.state.location.pathname).toBe('/'))
})
