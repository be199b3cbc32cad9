import { act, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { live } from '../live'
import { item } from '../testing/merges'
import { beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { PROJECT } from '../testing/runs'
import { spoken } from './announce'
import { Nav } from './Nav'
import { choose } from './preferences'

afterEach(() => {
  beNobody()
  choose({ folded: false })
  spoken.setState({ text: '' })
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const READ = 'GET /api/v1/inbox'
const waiting = (count: number) => ({ body: { position: 70 + count, waiting: Array.from({ length: count }, () => item()), moving: [] } })
const words = () => screen.getAllByRole('link').map(({ textContent }) => textContent)

test('now comes first, and merges are among what a project has', async () => {
  serve({ [READ]: waiting(0) })
  const { container } = show(<Nav />, `/p/${PROJECT}/merges`)
  await screen.findByRole('navigation', { name: 'Pages' })
  expect(words()).toEqual(['Now', 'Projects', 'Specs', 'Board', 'Runs', 'Merges', 'Log', 'Agents', 'Whole logAll'])
  expect(screen.getByRole('link', { name: 'Merges' }).getAttribute('aria-current')).toBe('page')
  expect(await faults(container)).toEqual([])
})

test('without a project there are none of its pages', async () => {
  serve({ [READ]: waiting(0) })
  show(<Nav />, '/now')
  await screen.findByRole('navigation', { name: 'Pages' })
  expect(words()).toEqual(['Now', 'Projects', 'Agents', 'Log'])
})

test('how much waits stands beside now, folded or not', async () => {
  serve({ [READ]: waiting(3) })
  const { container } = show(<Nav />)
  expect(await screen.findByRole('link', { name: /^Now ?3 wait for you$/ })).toBeTruthy()
  act(() => choose({ folded: true }))
  expect(screen.getByRole('link', { name: /^Now ?3 wait for you$/ })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('that it became more is said; what was there before is not', async () => {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  let count = 1
  const asked = serve({ [READ]: () => waiting(count) })
  show(<Nav />)
  expect(await screen.findByRole('link', { name: /^Now ?1 waits for you$/ })).toBeTruthy()
  expect(spoken.getState().text).toBe('')
  await waitFor(() => expect(follow).toHaveBeenCalled())
  count = 2
  const { events, topic } = follow.mock.calls[0]![0]
  expect(topic).toMatchObject({ kind: 'log', types: expect.arrayContaining(['spec.question_asked', 'task.failed', 'merge.parked', 'merge.merged']) })
  act(() => events!([{ position: 72, aggregate_id: 'a' } as never], 72))
  expect(await screen.findByRole('link', { name: /^Now ?2 wait for you$/ })).toBeTruthy()
  expect(spoken.getState().text).toBe('2 wait for you')
  expect(asked.at(-1)?.search.get('min_position')).toBe('72')
})

test('who may not know reads no number', async () => {
  const asked = serve({ [READ]: { status: 403, body: problem(403, 'forbidden', 'the key may not') } })
  show(<Nav />)
  await waitFor(() => expect(asked).toHaveLength(1))
  expect(screen.getByRole('link', { name: 'Now' })).toBeTruthy()
})
