import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { enter, press, write } from '../testing/forms'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { HASH, HOSTILE, OTHER_HASH, PROJECT, SPEC, waiting } from '../testing/specs'
import { ProjectPage } from './ProjectPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const AT = '2026-11-28T04:38:40.296127Z'
const project = {
  id: PROJECT,
  name: 'Billing',
  slug: 'billing',
  description: null,
  status: 'active',
  autonomy: true,
  settings: { max_concurrent_runs: 5, verify: ['make test'] },
  board: [{ id: 'design', title: 'Design', phases: ['design'], wip_limit: 5 }],
  gates: { implementation: [{ kind: 'approval' }] },
  created_at: AT,
  updated_at: AT,
  version: 1,
  position: 9,
  stale: null,
}
const line = (given: Record<string, unknown>) => ({ id: SPEC, title: 'Todo', tickets: 0, tasks: 0, created_at: AT, updated_at: AT, ...given })
const answers = (specs: unknown[] = [], given: Record<string, unknown> = {}) => ({
  [`GET /api/v1/projects/${PROJECT}`]: { body: { ...project, ...given } },
  [`GET /api/v1/projects/${PROJECT}/specs`]: { body: { position: 9, stale: null, specs } },
})
const SUBMIT = `POST /api/v1/projects/${PROJECT}/specs`
const IMPORT = `${SUBMIT}/import`
const page = () => show(<ProjectPage project={PROJECT} />, `/p/${PROJECT}`)

test('specs stand with where they are, those that wait for somebody first', async () => {
  beHere('member')
  const later = '00000000-0000-7000-8000-000000000002'
  serve(answers([
    line({ status: 'executing', tickets: 4, tasks: 8, title: HOSTILE }),
    line({ id: later, status: 'awaiting_approval', gate: 'design', content_hash: 'a'.repeat(64), title: 'Waits' }),
  ]))
  const { container } = page()
  const specs = await screen.findByRole('region', { name: 'Specs' })
  await within(specs).findByText('Waits')
  expect(within(specs).getAllByRole('link').map(({ textContent }) => textContent)).toEqual(['Waits', HOSTILE])
  expect(within(specs).getByText('Waits for a yes to the design')).toBeTruthy()
  expect(specs.textContent).toContain('4 tickets, 8 tasks')
  expect(screen.getByRole('region', { name: 'Settings' }).textContent).toContain('Implementation: somebody says yes')
  expect(container.querySelector('img')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('a repository that cannot be read says since when, why and what to do; one that can says nothing', async () => {
  beHere('member')
  const repository = { url: '/srv/billing', branch: null, status: 'broken', reason: `there is nothing: ${HOSTILE}`, since: AT }
  serve(answers([], { repository }))
  const { container, unmount } = page()
  const said = await screen.findByText(/^The repository cannot be read since/)
  expect(said.textContent).toContain(`there is nothing: ${HOSTILE}. Then start a run`)
  expect(said.querySelector('time')!.getAttribute('datetime')).toBe(AT)
  expect(container.querySelector('img')).toBeNull()
  expect(await faults(container)).toEqual([])
  unmount()
  serve(answers([], { repository: { url: '/srv/billing', branch: null, status: 'linked' } }))
  page()
  await screen.findByRole('region', { name: 'Settings' })
  expect(screen.queryByText(/cannot be read/)).toBeNull()
})

test('without a spec there is a command and one button', async () => {
  beHere('member')
  serve(answers())
  const { container } = page()
  const specs = await screen.findByRole('region', { name: 'Specs' })
  expect(await within(specs).findByRole('heading', { name: 'No spec yet' })).toBeTruthy()
  expect(within(specs).getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['New spec'])
  expect(specs.textContent).toContain('omoi spec submit --project billing --import plan')
  expect(await faults(container)).toEqual([])
})

test('a build of what is linked is one step away', async () => {
  beHere('member')
  serve(answers([], { repository: { url: '/srv/billing', branch: null, status: 'linked' } }))
  page()
  const { pathname, search } = (await screen.findByRole('link', { name: 'New build' })) as HTMLAnchorElement
  expect([pathname, new URLSearchParams(search).get('repository')]).toEqual(['/build', '/srv/billing'])
})

test('who may only look, and an archived project, are offered no new spec and no build', async () => {
  beHere('viewer')
  serve(answers())
  const { unmount } = page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'New spec' })).toBeNull()
  expect(screen.queryByRole('link', { name: 'New build' })).toBeNull()
  unmount()
  beHere('member')
  serve(answers([], { status: 'archived' }))
  page()
  expect(await screen.findByText('The project is archived: nothing is added to it.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'New spec' })).toBeNull()
  expect(screen.queryByRole('link', { name: 'New build' })).toBeNull()
})

test('specs that cannot be read say why, and are read again', async () => {
  beHere('member')
  serve({ ...answers(), [`GET /api/v1/projects/${PROJECT}/specs`]: { status: 403, body: problem(403, 'forbidden', 'this key may not read projects') } })
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('This key may not read projects.')
  expect(screen.getByRole('button', { name: 'Read again' })).toBeTruthy()
})

test('an idea is sent with its gates and leads to its spec', async () => {
  beHere('member')
  const READ = `GET /api/v1/specs/${SPEC}`
  const asked = serve({
    ...answers(),
    [SUBMIT]: { status: 201, body: { id: SPEC, title: 'Todo', position: 10 } },
    [READ]: ({ search }) => ({ body: waiting(search.get('min_position') === '10' ? HASH : OTHER_HASH) }),
  })
  const { router, queries } = page()
  await press('New spec')
  enter(await write('The idea, in your words', '  A list of things to do.  '))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`))
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ idea: 'A list of things to do.', gates: 'review' })
  expect(queries.getQueryData(['spec', SPEC])).toMatchObject({ content_hash: HASH })
})

test('a server without a model says so, and a plan is offered in its place', async () => {
  beHere('member')
  serve({ ...answers(), [SUBMIT]: { status: 422, body: problem(422, 'no_model', 'this server plans no ideas') } })
  page()
  await press('New spec')
  enter(await write('The idea, in your words', 'A list.'))
  expect(await screen.findByText(/^This server has no model that it could ask/)).toBeTruthy()
  await press('Bring a plan along instead')
  expect(await screen.findByLabelText('Folder')).toBeTruthy()
})

async function choose(...files: File[]) {
  await press('New spec')
  await press('A plan in files')
  fireEvent.change(await screen.findByLabelText('Files'), { target: { files } })
}

test('a plan is read here and sent whole; each problem of it stands with its file and line', async () => {
  beHere('member')
  const problems = [
    { code: 'no_such_task', file: 'tasks.md', line: 12, column: 3, message: 'there is no task 9' },
    { code: 'no_such_requirement', file: 'tasks.md', line: 14, message: 'there is no requirement 7' },
  ]
  const asked = serve({ ...answers(), [IMPORT]: { status: 422, body: { ...problem(422, 'invalid_plan', 'the plan has 2 problems'), problems } } })
  const { container } = page()
  await choose(new File(['# Tasks'], 'tasks.md'), new File(['# Requirements'], 'requirements.md'))
  expect(await screen.findByText('requirements.md, tasks.md')).toBeTruthy()
  await press('Import')
  expect(await screen.findByText('tasks.md:12:3')).toBeTruthy()
  expect(screen.getByText('tasks.md:14').closest('li')!.textContent).toContain('there is no requirement 7')
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({
    files: [{ path: 'requirements.md', text: '# Requirements' }, { path: 'tasks.md', text: '# Tasks' }],
    gates: 'review',
  })
  expect(await faults(container)).toEqual([])
})

test('what is wrong with a file is said here, and nothing is sent', async () => {
  beHere('member')
  const asked = serve(answers())
  page()
  await choose(new File([new Uint8Array([0x0a, 0xff])], 'tasks.md'))
  expect(await screen.findByText('tasks.md:2')).toBeTruthy()
  await press('Import')
  expect(await screen.findByText('Nothing was sent: mend what is listed, and choose it again.')).toBeTruthy()
  expect(asked.some(({ method }) => method === 'POST')).toBe(false)
})
