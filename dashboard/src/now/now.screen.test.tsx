import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { InboxItem, Moving } from '../api/inbox'
import { live } from '../live'
import { currentScopes } from '../shell/useKeys'
import { item, MERGE, moving } from '../testing/merges'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { PROJECT, RUN, TASK, TICKET } from '../testing/runs'
import { SPEC } from '../testing/specs'
import { NowPage } from './NowPage'

afterEach(() => {
  beNobody()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const READ = 'GET /api/v1/inbox'
const around = {
  'GET /api/v1/projects': { body: { position: 70, next: null, projects: [{ id: PROJECT, name: 'Billing' }] } },
  [`GET /api/v1/tasks/${TASK}`]: { body: { id: TASK, number: 'TSK-001', title: 'Mend add', ticket: TICKET } },
}
const answers = (waiting: InboxItem[], runs: Moving[] = []) => ({ ...around, [READ]: { body: { position: 70, waiting, moving: runs } } })
const page = () => show(<NowPage />, '/now')
const about = (kind: InboxItem['about']['kind'], id: string, number: string | null = null) => ({ kind, id, number, title: `The ${kind}` })
const press = (keys: string) => currentScopes().flatMap(({ bindings }) => bindings).find((binding) => binding.keys === keys)?.run()

test('what waits comes first: what is wanted, of which project, and what moves after it', async () => {
  beHere('member')
  serve(answers([item()], [moving()]))
  const { container } = page()
  const waits = within(await screen.findByRole('region', { name: 'Waits for you (1)' }))
  expect(waits.getByText('A merge waits for a yes')).toBeTruthy()
  expect(waits.getByText(/^Everything is in omoi\/spec-invoices and verified/)).toBeTruthy()
  expect(await waits.findByText('Billing ·')).toBeTruthy()
  const moves = within(screen.getByRole('region', { name: 'Moves (1)' }))
  expect((moves.getByRole('link', { name: /^TSK-001 ?Mend/ }) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/runs/${RUN}`)
  expect(moves.getByText('scripted')).toBeTruthy()
  expect(screen.getAllByRole('region').map((region) => region.id)).toEqual(['waits', 'moves'])
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('each leads to where it is done', async () => {
  const cases: [InboxItem['kind'], InboxItem['about'], string, string][] = [
    ['spec_question', about('spec', SPEC), 'A spec asks', `/p/${PROJECT}/specs/${SPEC}#questions`],
    ['spec_approval', about('spec', SPEC), 'A spec waits for a yes', `/p/${PROJECT}/specs/${SPEC}`],
    ['ticket_approval', about('ticket', TICKET, 'TKT-001'), 'A ticket waits for a yes', `/p/${PROJECT}/t/${TICKET}`],
    ['merge_approval', about('merge', MERGE), 'A merge waits for a yes', `/p/${PROJECT}/merges?merge=${MERGE}`],
    ['merge_parked', about('merge', MERGE), 'A merge is parked', `/p/${PROJECT}/merges?merge=${MERGE}`],
    ['task_failed', about('task', TASK, 'TSK-001'), 'A task failed', `/p/${PROJECT}/t/${TICKET}`],
    ['spec_failed', about('spec', SPEC), 'A spec failed', `/p/${PROJECT}/specs/${SPEC}`],
    ['spec_halted', about('spec', SPEC), 'A spec halted', `/p/${PROJECT}/specs/${SPEC}`],
  ]
  serve(answers(cases.map(([kind, of]) => item({ kind, about: of }))))
  const { container } = page()
  const rows = within(await screen.findByRole('list', { name: 'What waits' })).getAllByRole('listitem')
  expect(rows).toHaveLength(cases.length)
  await waitFor(() => {
    const found = rows.map((row) => {
      const { pathname, search, hash } = within(row).getByRole('link') as HTMLAnchorElement
      return [row.textContent?.slice(0, row.textContent.search(/TKT-|TSK-|The /)), pathname + search + hash]
    })
    expect(found).toEqual(cases.map(([, , word, address]) => [word, address]))
  })
  expect(await faults(container)).toEqual([])
})

test('as long as nobody knows the ticket of a task, its runs say what became of it', async () => {
  serve({ ...answers([item({ kind: 'task_failed', about: about('task', TASK, 'TSK-001') })]), [`GET /api/v1/tasks/${TASK}`]: () => new Promise(() => {}) })
  page()
  const link = (await screen.findByRole('link', { name: /The task$/ })) as HTMLAnchorElement
  expect(link.pathname + link.search).toBe(`/p/${PROJECT}/runs?task=${TASK}`)
})

test('something waits and nothing moves, or the other way round: the other part says so', async () => {
  serve(answers([item()]))
  const { unmount } = page()
  expect(await screen.findByText('No run goes on.')).toBeTruthy()
  unmount()
  serve(answers([], [moving()]))
  page()
  expect(await screen.findByText('Nothing. What goes on needs nobody now.')).toBeTruthy()
})

test('nothing waits and nothing moves: a command, and the ways on', async () => {
  beHere('member')
  serve(answers([]))
  const { container, unmount } = page()
  expect(await screen.findByRole('heading', { name: 'Nothing waits, and nothing moves' })).toBeTruthy()
  expect(screen.getByText('omoi build --repo . --idea idea.md')).toBeTruthy()
  expect((screen.getByRole('link', { name: 'New build' }) as HTMLAnchorElement).pathname).toBe('/build')
  expect(screen.getByRole('link', { name: 'All projects' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
  unmount()
  beHere('viewer')
  page()
  expect(await screen.findByRole('link', { name: 'All projects' })).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'New build' })).toBeNull()
})

test('while it is read it says so', async () => {
  serve({ ...around, [READ]: () => new Promise(() => {}) })
  const { container } = page()
  expect((await screen.findByRole('status')).textContent).toBe('Reading what waits for you …')
  expect(await faults(container)).toEqual([])
})

test('who may not read it reads why; what cannot be read can be asked for again', async () => {
  serve({ ...around, [READ]: { status: 403, body: problem(403, 'forbidden', 'the key may not') } })
  const { container, unmount } = page()
  expect(await screen.findByRole('heading', { name: 'This key does not show what waits' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
  unmount()
  let down = true
  serve({ ...around, [READ]: () => (down ? { status: 503, body: problem(503, 'unavailable', 'the database is away') } : { body: { position: 70, waiting: [item()], moving: [] } }) })
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('The database is away.')
  down = false
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('list', { name: 'What waits' })).toBeTruthy()
})

test('a server that cannot be reached is no empty page', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('The server cannot be reached.')
})

test('who may only look is not said to be waited for', async () => {
  beHere('viewer')
  serve(answers([item()]))
  page()
  expect(await screen.findByRole('region', { name: 'Waits for a person (1)' })).toBeTruthy()
})

test('of very many the oldest are shown', async () => {
  serve(answers(Array.from({ length: 60 }, (_, n) => item({ about: { kind: 'merge', id: `merge-${n}`, number: null, title: `Merge ${n}` } }))))
  page()
  const list = await screen.findByRole('list', { name: 'What waits' })
  expect(within(list).getAllByRole('listitem')).toHaveLength(50)
  fireEvent.click(screen.getByRole('button', { name: 'Show all 60' }))
  expect(within(list).getAllByRole('listitem')).toHaveLength(60)
})

test('keys go over what waits and what moves', async () => {
  serve(answers([item({ kind: 'merge_parked' })], [moving()]))
  page()
  await screen.findByRole('list', { name: 'What moves' })
  const [first, second] = screen.getAllByRole('link')
  press('j')
  expect(document.activeElement).toBe(first)
  press('j')
  expect(document.activeElement).toBe(second)
  press('j')
  expect(document.activeElement).toBe(second)
  press('k')
  expect(document.activeElement).toBe(first)
})

test('when a run begins or ends it is read again, as of then', async () => {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  const asked = serve(answers([item()]))
  page()
  await screen.findByRole('list', { name: 'What waits' })
  await waitFor(() => expect(follow).toHaveBeenCalled())
  const { events, topic, from } = follow.mock.calls[0]![0]
  expect(topic).toEqual({ kind: 'log', types: ['run.started', 'run.ended'] })
  expect(from).toBe(70)
  events!([{ position: 77, aggregate_id: RUN } as never], 77)
  await waitFor(() => expect(asked.some(({ path, search }) => path.endsWith('/inbox') && search.get('min_position') === '77')).toBe(true))
})
