import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Agent, RunLine, RunName, RunSandbox } from '../api/types'
import { live } from '../live'
import { faults, problem, serve, show } from '../testing/render'
import { endedRun, HOSTILE, PROJECT, RUN, TASK, theRun, TICKET } from '../testing/runs'
import { AgentsPage } from './AgentsPage'
import { RunsPage } from './RunsPage'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const AT = '2026-11-28T09:14:07.120031Z'
const OTHER = '5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5c'
const name: RunName = { agent: 'scripted', status: 'active', outcome: null, task: TASK, number: 'TSK-001', title: `Mend ${HOSTILE}`, ticket: TICKET, project: PROJECT, project_slug: 'calc' }
const agent: Agent = {
  id: '0b44cf0e-27ac-8c0f-93a0-4f3b4d0dd0f5',
  name: 'scripted',
  health: 'fit',
  last: { ...name, status: 'ended', outcome: 'succeeded' },
  driver: 'scripted',
  version: '1.2.3',
  running: 1,
  succeeded: 4,
  failed: 2,
  cancelled: 1,
  timed_out: 1,
  lost: 0,
  cost: 2_500_000,
  last_run: RUN,
  last_run_at: AT,
}
const sandbox: RunSandbox = {
  run: RUN,
  name,
  project: PROJECT,
  provider: 'local',
  node: `node ${HOSTILE}`,
  branch: 'omoi/TSK-001-mend-add',
  level: 'full',
  state: 'ready',
  requested_at: AT,
  ready_at: AT,
  ended_at: null,
  lost_at: null,
  released_at: null,
}
const line = (given: Partial<RunLine>): RunLine => {
  const { id, project, task, agent, driver, mode, status, outcome, cost, last_seen_at, created_at, updated_at, ended_at } = theRun
  return { id, project, task, agent, driver, mode, status, outcome, cost, last_seen_at, created_at, updated_at, ended_at, ...given }
}
const answers = {
  'GET /api/v1/agents': { body: { position: 60, agents: [agent] } },
  'GET /api/v1/sandboxes': { body: { position: 60, sandboxes: [sandbox], next: null } },
  [`GET /api/v1/runs/${RUN}`]: { body: theRun },
  [`GET /api/v1/runs/${OTHER}`]: { body: endedRun('verified', 'succeeded', 'every command succeeded') },
  [`GET /api/v1/tasks/${TASK}`]: { body: { id: TASK, number: 'TSK-001', title: 'Mend add', ticket: TICKET } },
  [`GET /api/v1/projects/${PROJECT}`]: { body: { id: PROJECT, name: 'Calc' } },
  [`GET /api/v1/projects/${PROJECT}/runs`]: { body: { position: 60, stale: null, next: null, runs: [line({}), line({ id: OTHER, agent: 'command', status: 'ended', outcome: 'failed', ended_at: AT })] } },
}
const runs = (search = {}, onSearch = vi.fn()) => ({ onSearch, ...show(<RunsPage project={PROJECT} search={search} onSearch={onSearch} />, `/p/${PROJECT}/runs`) })

test('an agent shows what it does now, and what came of what it did', async () => {
  const asked = serve(answers)
  const { container } = show(<AgentsPage />, '/agents')
  const agents = within(await screen.findByRole('region', { name: 'Agents' }))
  const [now, last] = await agents.findAllByRole('link', { name: /^TSK-001 Mend/ })
  expect(last?.textContent).toMatch(/succeeded$/)
  expect((now as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/runs/${RUN}`)
  // Their names came with them.
  expect(asked.filter(({ path }) => path.startsWith('/api/v1/runs/') || path.startsWith('/api/v1/tasks/'))).toEqual([])
  expect(agents.getByTitle('4 succeeded')).toBeTruthy()
  expect(agents.getByTitle('3 failed, over a limit or lost')).toBeTruthy()
  expect(agents.getByText('$2.50')).toBeTruthy()
  const sandboxes = within(screen.getByRole('region', { name: 'Sandboxes' }))
  expect(await sandboxes.findByText('full')).toBeTruthy()
  expect(sandboxes.getByText('Is there')).toBeTruthy()
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('an agent that fails by its own fault says so, and one in quarantine can be released', async () => {
  const { health: _, ...rest } = agent
  const degraded: Agent = { ...rest, name: 'opencode', health: 'degraded', faults: 2, code: 'agent_gone' }
  const distrusted: Agent = { ...rest, id: OTHER, name: 'claude', health: 'quarantined', reason: `it deletes ${HOSTILE}` }
  const release = `POST /api/v1/agents/${OTHER}/release`
  const asked = serve({ ...answers, 'GET /api/v1/agents': { body: { position: 60, agents: [degraded, distrusted] } }, [release]: { body: { id: OTHER, name: 'claude', health: 'fit', version: 5, position: 61 } } })
  const { container } = show(<AgentsPage />, '/agents')
  expect(await screen.findByText(/Its last 2 runs failed by its own fault: agent_gone/)).toBeTruthy()
  expect(screen.getByText(/In quarantine, so nothing starts with it by itself: it deletes/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.click(screen.getByRole('button', { name: 'Release …' }))
  fireEvent.click(await screen.findByRole('button', { name: 'Release it' }))
  await waitFor(() => expect(asked.filter(({ path }) => path.endsWith('/release'))).toHaveLength(1))
  await waitFor(() => expect(asked.filter(({ path }) => path === '/api/v1/agents').length).toBeGreaterThan(1))
})

test('no agent yet: one command and one way on', async () => {
  serve({ ...answers, 'GET /api/v1/agents': { body: { position: 1, agents: [] } }, 'GET /api/v1/sandboxes': { body: { position: 1, sandboxes: [], next: null } } })
  const { container } = show(<AgentsPage />, '/agents')
  expect(await screen.findByRole('heading', { name: 'No agent has worked yet' })).toBeTruthy()
  expect(screen.getByText('omoi run start TASK')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'All projects' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('who may not read runs reads why; what cannot be read can be asked for again', async () => {
  const no = { status: 403, body: problem(403, 'forbidden', 'the key may not') }
  serve({ ...answers, 'GET /api/v1/agents': no })
  const { unmount } = show(<AgentsPage />, '/agents')
  expect(await screen.findByRole('heading', { name: 'This key does not show runs' })).toBeTruthy()
  unmount()
  serve({ ...answers, 'GET /api/v1/sandboxes': { status: 503, body: problem(503, 'unavailable', 'the database is away') } })
  show(<AgentsPage />, '/agents')
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy()
})

test('the runs of a project are listed and filtered by the address', async () => {
  serve(answers)
  const { container, onSearch, unmount } = runs()
  const list = within(await screen.findByRole('region', { name: 'Runs' }))
  expect(await list.findAllByRole('link', { name: 'TSK-001 Mend add' })).toHaveLength(2)
  expect(await faults(container)).toEqual([])
  fireEvent.change(list.getByLabelText('State'), { target: { value: 'failed' } })
  expect(onSearch).toHaveBeenCalledWith({ state: 'failed' })
  unmount()
  runs({ state: 'failed', agent: 'command' })
  expect(await screen.findByText('1 of the 2 newest runs.')).toBeTruthy()
  for (const search of [{ state: 'failed', agent: 'scripted' }, { task: OTHER }]) {
    cleanup()
    runs(search)
    expect(await screen.findByText('None of them is like this.')).toBeTruthy()
  }
})

test('no run yet: one command and one way on', async () => {
  serve({ ...answers, [`GET /api/v1/projects/${PROJECT}/runs`]: { body: { position: 1, stale: null, next: null, runs: [] } } })
  const { container } = runs()
  expect(await screen.findByRole('heading', { name: 'No run yet' })).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Board' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('when a run begins or ends they are read again, as of then', async () => {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  const asked = serve(answers)
  runs()
  await screen.findByRole('region', { name: 'Runs' })
  await waitFor(() => expect(follow).toHaveBeenCalled())
  const { events, topic } = follow.mock.calls[0]![0]
  expect(topic).toMatchObject({ kind: 'log', project: PROJECT })
  events!([{ position: 77, aggregate_id: RUN } as never], 77)
  await waitFor(() => {
    for (const path of ['/api/v1/agents', '/api/v1/sandboxes', `/api/v1/projects/${PROJECT}/runs`]) {
      expect(asked.some((one) => one.path === path && one.search.get('min_position') === '77')).toBe(true)
    }
  })
})
