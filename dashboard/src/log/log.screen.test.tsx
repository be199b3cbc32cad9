import { screen, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { event, idAt } from '../testing/events'
import { type Asked, faults, serve, show } from '../testing/render'
import { LogPage } from './LogPage'
import type { LogSearch } from './search'

afterEach(() => vi.unstubAllGlobals())

const HOSTILE = '<script>window.__hit=1</script>\u202egpj'
const log = [
  event({ position: 1, payload: { number: 'TKT-001', title: HOSTILE } }),
  event({ position: 2, type: 'task.attempt_failed', aggregate_type: 'task', causation_id: idAt(1), payload: { reason: 'exit 1' } }),
]
const READ = 'GET /api/v1/events'
const pagesOf = (asked: readonly Asked[]) => asked.filter(({ path }) => path === '/api/v1/events').length
const page = (search: LogSearch = {}, onSearch = vi.fn()) => ({ ...show(<LogPage search={search} onSearch={onSearch} />), onSearch })

test('events stand in order, the newest last, and say what happened', async () => {
  serve({ [READ]: { body: { events: log.toReversed(), next: 1 } } })
  const { container } = page()
  const rows = await within(await screen.findByRole('list', { name: 'Events, the newest last' })).findAllByRole('listitem')
  expect(rows).toHaveLength(2)
  expect(rows[1]!.textContent).toContain('attempt failed: exit 1')
  expect(container.querySelector('script')).toBeNull()
  expect('__hit' in window).toBe(false)
  expect(await faults(container)).toEqual([])
})

test('an open event shows its payload with the hidden marks written out, and where it comes from', async () => {
  serve({ [READ]: { body: { events: log.toReversed(), next: 1 } } })
  const { container } = page({ at: 2 })
  const panel = within(await screen.findByRole('complementary', { name: 'Event 2' }))
  expect(await panel.findByRole('link', { name: idAt(1) })).toBeTruthy()
  expect(panel.getByText(/"reason": "exit 1"/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('marks that turn the direction of reading are written out', async () => {
  serve({ [READ]: { body: { events: log.toReversed(), next: 1 } } })
  page({ at: 1 })
  const panel = within(await screen.findByRole('complementary', { name: 'Event 1' }))
  expect(await panel.findByText(/\\u202egpj/)).toBeTruthy()
})

test('an event looked for by its id is opened by its position', async () => {
  serve({ [READ]: { body: { events: log.toReversed(), next: 1 } } })
  const { onSearch } = page({ event: idAt(1) })
  await screen.findByRole('list', { name: 'Events, the newest last' })
  expect(onSearch).toHaveBeenCalledWith({ at: 1 })
})

test('nothing has happened teaches a command', async () => {
  serve({ [READ]: { body: { events: [], next: 0 } } })
  const { container } = page()
  expect(await screen.findByText('omoi events tail')).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('opening the log reads its end and no more', async () => {
  const many = Array.from({ length: 200 }, (_, index) => event({ position: 1000 - index }))
  const asked = serve({ [READ]: { body: { events: many, next: 801 } } })
  page()
  const rows = await within(await screen.findByRole('list', { name: 'Events, the newest last' })).findAllByRole('listitem')
  expect(rows.length).toBeLessThan(60)
  // There is more before the first: nobody can say how many.
  expect(rows[0]!.getAttribute('aria-setsize')).toBe('-1')
  await new Promise((resume) => setTimeout(resume, 100))
  expect(pagesOf(asked)).toBe(1)
})

test('a failed look further back is not repeated by itself', async () => {
  let reads = 0
  const asked = serve({
    [READ]: () => (reads++ === 0 ? { body: { events: Array.from({ length: 200 }, (_, index) => event({ position: 1000 - index })), next: 801 } } : { status: 503, body: {} }),
  })
  page({ event: idAt(1) })
  await screen.findByRole('alert')
  await new Promise((resume) => setTimeout(resume, 100))
  expect(pagesOf(asked)).toBe(2)
})
