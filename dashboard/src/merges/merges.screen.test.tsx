import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Merge } from '../api/merges'
import { live } from '../live'
import { currentScopes } from '../shell/useKeys'
import { candidate, landedMerge, MERGE, OTHER_MERGE, readyMerge, theMerge, waitingCandidate } from '../testing/merges'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { PROJECT, RUN } from '../testing/runs'
import { SPEC } from '../testing/specs'
import { MergesPage } from './MergesPage'

afterEach(() => {
  beNobody()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const READ = `GET /api/v1/projects/${PROJECT}/merges`
const about = { [`GET /api/v1/projects/${PROJECT}`]: { body: { id: PROJECT, name: 'Billing', slug: 'billing', repository: null } } }
const answers = (merges: Merge[], stale: number | null = null) => ({ ...about, [READ]: { body: { position: 70, stale, merges } } })
const page = (chosen?: string, onChoose = vi.fn()) => ({ onChoose, ...show(<MergesPage project={PROJECT} chosen={chosen} onChoose={onChoose} />, `/p/${PROJECT}/merges`) })
const press = (keys: string) => currentScopes().flatMap(({ bindings }) => bindings).find((binding) => binding.keys === keys)?.run()

test('what waits for a person comes first, and is shown whole', async () => {
  serve(answers([landedMerge(), theMerge({ id: 'going', title: 'Prices', status: 'merging', waits: null }), theMerge()]))
  const { container } = page()
  expect(await screen.findByRole('heading', { name: 'Merges of Billing' })).toBeTruthy()
  const list = within(screen.getByRole('navigation', { name: 'Merges' }))
  const lines = list.getAllByRole('link')
  expect(lines.map(({ textContent }) => textContent?.match(/Waits for a person|Merges|Landed/)?.[0])).toEqual(['Waits for a person', 'Merges', 'Landed'])
  expect(lines.map((line) => line.getAttribute('aria-current'))).toEqual(['true', null, null])
  const article = within(screen.getByRole('article', { name: /^Invoices/ }))
  expect(article.getByText(/omoi\/spec-invoices/)).toBeTruthy()
  expect(article.getByText('1 of 3 candidates merged, 4 verifications')).toBeTruthy()
  expect((article.getByRole('link', { name: 'Its spec' }) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/specs/${SPEC}`)
  expect(article.getByRole('region', { name: 'Waits for you: one candidate stands' })).toBeTruthy()
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('the queue has its candidates in order, each with its state in words', async () => {
  serve(answers([theMerge({ candidates: [candidate({ resolved_by: 'agent', tries: 2 }), candidate({ task: 'b', number: 'TSK-002', state: 'trying', merged_as: null }), ...theMerge().candidates.slice(1)] })]))
  page()
  const rows = within(await screen.findByRole('list', { name: 'Queue' })).getAllByRole('listitem')
  expect(rows.map(({ textContent }) => textContent?.match(/^\d(TSK-\d+)/)?.[1])).toEqual(['TSK-001', 'TSK-002', 'TSK-003', 'TSK-004'])
  for (const [row, words] of [[0, /Merged.*in it as 1d2e3f4a5b.*an agent resolved its conflict.*tried 2 times/], [1, /Is tried/], [2, /Waits for a person/], [3, /Waits its turn/]] as const) {
    expect(rows[row]?.textContent).toMatch(words)
  }
  expect((within(rows[0]!).getByRole('link', { name: 'Add the tax' }) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/runs/${RUN}`)
})

test('the steps say with which commands, how each ended, and who spoilt it', async () => {
  serve(answers([theMerge({ steps: [...theMerge().steps, { ...theMerge().steps[0]!, step: 3, tasks: [], outcome: 'running', commands: [] }] })]))
  const { container } = page()
  const rows = within(await screen.findByRole('list', { name: 'Steps' })).getAllByRole('listitem').map(({ textContent }) => textContent)
  expect(rows[0]).toMatch(/Step 3 is verified.*what main has become/)
  const red = rows.find((row) => row?.startsWith('Step 2'))
  expect(red).toMatch(/Step 2 red.*TSK-004, TSK-003.*3 verifications at 1d2e3f4a5b.*Found by halving: TSK-004 with TSK-003\. Each is green without the other\./)
  expect(red).toMatch(/cargo test exit 101, 2\.3 s/)
  expect(screen.getAllByRole('img', { name: 'Failed' }).length).toBeGreaterThan(0)
  expect(container.querySelector('img[src]')).toBeNull()
})

test('a landed one says since when and by whom, and offers nothing', async () => {
  serve(answers([landedMerge()]))
  const { container } = page()
  const article = await screen.findByRole('article', { name: 'Reminders' })
  expect(article.textContent).toMatch(/main has it as 1d2e3f4a5b since .*, approved by …5fbbca63/)
  expect(within(article).queryByRole('button')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('a landing that was refused says why', async () => {
  serve(answers([readyMerge({ refused: { code: 'target_moved', reason: 'main has become something else' } })]))
  page()
  expect((await screen.findByRole('note', { name: 'Why it did not land' })).textContent).toContain('main has become something else target_moved')
})

test('each other way of standing has its words', async () => {
  const cases: [Partial<Merge>, RegExp][] = [
    [{ status: 'queued', waits: 'tasks', complete: false, candidates: [], steps: [], of: { kind: 'ticket', id: 'T' } }, /Waits for tasks.*next task of the ticket is done.*No task of it is done yet.*None yet/],
    [{ status: 'queued', waits: null, complete: false, target: null, candidates: [waitingCandidate] }, /Queued.*the default branch.*It goes on by itself\. Not all tasks of the spec are done yet/],
    [{ status: 'merging', waits: null }, /Merges.*A worker merges the candidates one after the other/],
    [{ status: 'approved', waits: null }, /Lands.*Approved: main goes forward to it/],
    [{ status: 'abandoned', waits: null }, /Abandoned.*It was given up/],
  ]
  for (const [given, words] of cases) {
    serve(answers([theMerge(given)]))
    const { unmount } = page()
    expect((await screen.findByRole('article')).textContent).toMatch(words)
    unmount()
  }
})

test('the address names the one that is shown; one that is not there says so', async () => {
  serve(answers([theMerge(), landedMerge()]))
  const { unmount } = page(OTHER_MERGE)
  expect(await screen.findByRole('article', { name: 'Reminders' })).toBeTruthy()
  unmount()
  const { container } = page('another')
  expect(await screen.findByRole('heading', { name: 'There is no such merge' })).toBeTruthy()
  expect((screen.getByRole('link', { name: 'Show the first' }) as HTMLAnchorElement).search).toContain(MERGE)
  expect(await faults(container)).toEqual([])
})

test('keys go from merge to merge', async () => {
  serve(answers([landedMerge(), theMerge()]))
  const { onChoose, unmount } = page()
  await screen.findByRole('article')
  press('k')
  expect(onChoose).not.toHaveBeenCalled()
  press('j')
  expect(onChoose).toHaveBeenCalledWith(OTHER_MERGE)
  unmount()
  const again = page(OTHER_MERGE)
  await screen.findByRole('article')
  press('k')
  expect(again.onChoose).toHaveBeenCalledWith(MERGE)
})

test('of many that are over the newest are shown', async () => {
  serve(answers(Array.from({ length: 13 }, (_, n) => landedMerge({ id: `merge-${n}`, title: `Spec ${n}` }))))
  page()
  const list = within(await screen.findByRole('navigation', { name: 'Merges' }))
  expect(list.getAllByRole('link')).toHaveLength(10)
  fireEvent.click(list.getByRole('button', { name: 'Show 3 more' }))
  expect(list.getAllByRole('link')).toHaveLength(13)
})

test('while it is read it says so', async () => {
  serve({ ...about, [READ]: () => new Promise(() => {}) })
  const { container } = page()
  expect((await screen.findByRole('status')).textContent).toBe('Reading the merges …')
  expect(await faults(container)).toEqual([])
})

test('no merge yet: one command and one way on', async () => {
  serve(answers([]))
  const { container } = page()
  expect(await screen.findByRole('heading', { name: 'No merge yet' })).toBeTruthy()
  expect(await screen.findByText('omoi merge list billing')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Board' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('who may not read them reads why; what cannot be read can be asked for again', async () => {
  serve({ ...about, [READ]: { status: 403, body: problem(403, 'forbidden', 'the key may not') } })
  const { container, unmount } = page()
  expect(await screen.findByRole('heading', { name: 'This key does not show merges' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
  unmount()
  let down = true
  serve({ ...about, [READ]: () => (down ? { status: 503, body: problem(503, 'unavailable', 'the database is away') } : { body: { position: 70, stale: null, merges: [theMerge()] } }) })
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('The database is away.')
  down = false
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('article')).toBeTruthy()
})

test('a server that cannot be reached is no empty list', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('The server cannot be reached.')
})

test('a list that stands still says since when', async () => {
  serve(answers([theMerge()], 61))
  page()
  expect(await screen.findByText('This list stands still since #61: an event could not be applied.')).toBeTruthy()
})

test('when something happens to one they are read again, as of then', async () => {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  const asked = serve(answers([theMerge()]))
  page()
  await screen.findByRole('article')
  await waitFor(() => expect(follow).toHaveBeenCalled())
  const { events, topic, from } = follow.mock.calls[0]![0]
  expect(topic).toMatchObject({ kind: 'log', project: PROJECT })
  expect(from).toBe(70)
  events!([{ position: 77, aggregate_id: MERGE } as never], 77)
  await waitFor(() => expect(asked.some(({ path, search }) => path.endsWith('/merges') && search.get('min_position') === '77')).toBe(true))
})

test('who may only look reads that in the place of each button', async () => {
  beHere('viewer')
  serve(answers([theMerge()]))
  const { container, unmount } = page()
  const article = within(await screen.findByRole('article'))
  expect(article.getByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(article.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Show the conflict TSK-003'])
  expect(article.getByRole('region', { name: /^Waits for a person/ })).toBeTruthy()
  expect(await faults(container)).toEqual([])
  unmount()
  serve(answers([readyMerge()]))
  page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(within(screen.getByRole('article')).queryByRole('button')).toBeNull()
  expect(currentScopes().some(({ bindings }) => bindings.some(({ keys }) => keys === 'a'))).toBe(false)
})
