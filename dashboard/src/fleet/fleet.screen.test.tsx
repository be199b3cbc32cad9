import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Agent, Intervention, RunLine, RunName, RunSandbox } from '../api/types'
import { live } from '../live'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { ADA, endedRun, HOSTILE, profile, PROJECT, RUN, TASK, theRun, TICKET } from '../testing/runs'
import { AgentsPage } from './AgentsPage'
import { RunsPage } from './RunsPage'

afterEach(() => {
  beNobody()
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
  'GET /api/v1/agents': { body: { position: 60, agents: [agent], profiles: [profile()] } },
  'GET /api/v1/interventions': { body: { position: 60, next: null, interventions: [] } },
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
  const asked = serve({ ...answers, 'GET /api/v1/agents': { body: { position: 60, agents: [degraded, distrusted], profiles: [] } }, [release]: { body: { id: OTHER, name: 'claude', health: 'fit', version: 5, position: 61 } } })
  const { container } = show(<AgentsPage />, '/agents')
  expect(await screen.findByText(/Its last 2 runs failed by its own fault: its program ended by itself/)).toBeTruthy()
  expect(screen.getByText(/In quarantine, so nothing starts with it by itself: it deletes/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.click(screen.getByRole('button', { name: 'Release claude …' }))
  fireEvent.click(await screen.findByRole('button', { name: 'Release it' }))
  await waitFor(() => expect(asked.filter(({ path }) => path.endsWith('/release'))).toHaveLength(1))
  await waitFor(() => expect(asked.filter(({ path }) => path === '/api/v1/agents').length).toBeGreaterThan(1))
})

test('a profile that had no run says what it can do, or what it lacks and what to do about that', async () => {
  const lack = { code: 'program', reason: `there is no program ${HOSTILE}`, mend: 'Install it there.' } as const
  const profiles = [profile({ name: 'claude', driver: 'claude', lack }), profile({ name: 'command', driver: 'command', takes_messages: false }), profile({ name: 'opencode', driver: 'acp', version: '1.18.33' }), profile({ name: 'slow', asked: false })]
  serve({ ...answers, 'GET /api/v1/agents': { body: { position: 60, agents: [agent], profiles } } })
  const { container } = show(<AgentsPage />, '/agents')
  const list = within(await screen.findByRole('region', { name: 'Agents' }))
  const rows = (await list.findAllByRole('listitem')).map((row) => row.textContent!)
  expect(rows.map((row) => row.match(/^[a-z]+(?= by )/)?.[0])).toEqual(['scripted', 'command', 'opencode', 'slow', 'claude'])
  expect(rows[0]).toContain('no such profile any more')
  expect(rows[1]).toContain('Hears nothing while it works.Has had no run yet.')
  expect(rows[2]).toContain('by acp 1.18.33Hears what you say while it works.')
  expect(rows[3]).toContain('Its program is being asked what it is.')
  expect(rows[4]).toMatch(/Cannot run: there is no program <img src=x.*\. Install it there\./)
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('an agent is put into quarantine with a reason, by who may', async () => {
  const quarantine = `POST /api/v1/agents/${agent.id}/quarantine`
  const fresh: Agent = { ...agent, id: OTHER, name: 'fresh', succeeded: 0, failed: 0 }
  const asked = serve({ ...answers, 'GET /api/v1/agents': { body: { position: 60, agents: [agent, fresh], profiles: [profile()] } }, [quarantine]: { body: { id: agent.id, name: 'scripted', health: 'quarantined', reason: 'it deletes tests', version: 5, position: 61 } } })
  const { container, unmount } = show(<AgentsPage />, '/agents')
  fireEvent.click(await screen.findByRole('button', { name: 'Quarantine scripted …' }))
  // Its runs were stopped or took too long: the server does not know it yet.
  expect(screen.queryByRole('button', { name: 'Quarantine fresh …' })).toBeNull()
  const asks = within(await screen.findByRole('dialog', { name: 'Put the agent “scripted” into quarantine?' }))
  fireEvent.click(asks.getByRole('button', { name: 'Put it into quarantine' }))
  expect(await asks.findByText(/Say why in a line/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.change(asks.getByLabelText('Why'), { target: { value: 'it deletes tests' } })
  fireEvent.click(asks.getByRole('button', { name: 'Put it into quarantine' }))
  await waitFor(() => expect(asked.find(({ path }) => path.endsWith('/quarantine'))?.body).toEqual({ reason: 'it deletes tests' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  unmount()
  beHere('viewer')
  show(<AgentsPage />, '/agents')
  expect(await within(await screen.findByRole('region', { name: 'Agents' })).findAllByRole('listitem')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: /^Quarantine/ })).toBeNull()
})

test('who stepped into the runs of a project is listed, with what came of it and the run', async () => {
  const known = { project: PROJECT, by: ADA, requested_at: AT, settled_at: AT } as const
  const interventions: Intervention[] = [
    { ...known, id: 'a', run: RUN, kind: 'interrupt', status: 'failed', reason: `turn 2 was over ${HOSTILE}` },
    { ...known, id: 'b', run: OTHER, kind: 'message', status: 'delivered', turn: 1 },
    { ...known, id: 'c', run: 'beyond-those-that-are-here', kind: 'message', status: 'expired' },
  ]
  serve({ ...answers, 'GET /api/v1/interventions': ({ search }) => ({ body: { position: 60, next: search.has('before') ? null : 7, interventions: search.has('before') ? [{ ...known, id: 'd', run: RUN, kind: 'message', status: 'requested' }] : interventions } }) })
  const { container } = runs()
  const list = within(await screen.findByRole('region', { name: 'Interventions' }))
  expect(await list.findAllByRole('link', { name: 'TSK-001 Mend add' })).toHaveLength(2)
  expect(list.getByRole('link', { name: /^Run …/ })).toBeTruthy()
  for (const words of ['Not interrupted.', 'Heard.', 'Too late.']) expect(list.getByText(words)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.click(list.getByRole('button', { name: 'Earlier interventions' }))
  expect(await list.findByText('On its way.')).toBeTruthy()
  expect(list.queryByRole('button', { name: 'Earlier interventions' })).toBeNull()
})

test('nobody has stepped in: it says how one does', async () => {
  serve(answers)
  runs()
  expect(await within(await screen.findByRole('region', { name: 'Interventions' })).findByText(/^Nobody has stepped in yet/)).toBeTruthy()
})

test('no agent yet: one command and one way on', async () => {
  serve({ ...answers, 'GET /api/v1/agents': { body: { position: 1, agents: [], profiles: [profile({ name: 'native', driver: 'native' })] } }, 'GET /api/v1/sandboxes': { body: { position: 1, sandboxes: [], next: null } } })
  const { container } = show(<AgentsPage />, '/agents')
  expect(await screen.findByRole('heading', { name: 'No agent has worked yet' })).toBeTruthy()
  expect(screen.getByText('omoi run start TASK')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'All projects' })).toBeTruthy()
  expect(within(screen.getByRole('region', { name: 'Agents' })).getByText('Has had no run yet.')).toBeTruthy()
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
