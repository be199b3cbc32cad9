import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Board } from '../api/types'
import { Notices } from '../shell/Notices'
import { notices } from '../shell/notices'
import { listenForKeys } from '../shell/useKeys'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { BoardPage } from './BoardPage'
import { forgetBoards } from './store'

const PROJECT = '36d076fe-bcc4-8ccc-a9ab-9021efaf03b1'
const HOSTILE = '<img src=x onerror="window.__hit=1"> \u202e javascript:alert(1)'

const card = (n: number, phase: 'backlog' | 'testing', title = `Ticket ${n}`): Board['columns'][number]['cards'][number] => ({
  id: `00000000-0000-8000-8000-00000000000${n}`,
  number: `TKT-00${n}`,
  title,
  priority: n === 1 ? 'high' : 'medium',
  phase,
  blocked: n === 2 ? 'The tax rates are not decided.' : null,
  tasks: { total: 2, completed: 1, failed: 0 },
  rank: null,
  position: n,
})

const board = (position = 9, moved = false): Board => ({
  position,
  stale: null,
  columns: [
    { id: 'backlog', title: 'Backlog', phases: ['backlog'], wip_limit: null, cards: moved ? [card(2, 'backlog')] : [card(1, 'backlog', HOSTILE), card(2, 'backlog')] },
    { id: 'testing', title: 'Testing', phases: ['testing'], wip_limit: 1, cards: [card(3, 'testing'), card(4, 'testing'), ...(moved ? [{ ...card(1, 'testing', HOSTILE), position }] : [])] },
  ],
})

const READ = `GET /api/v1/projects/${PROJECT}/board`
const MOVE = `POST /api/v1/tickets/${card(1, 'backlog').id}/move`

let listening = false
beforeEach(() => {
  if (!listening) listenForKeys()
  listening = true
})
afterEach(() => {
  forgetBoards()
  beNobody()
  notices.setState({ shown: [] })
  vi.unstubAllGlobals()
})

const page = () =>
  show(
    <>
      <BoardPage project={PROJECT} />
      <Notices />
    </>,
  )
const column = (title: string) => screen.findByRole('region', { name: new RegExp(`^${title}`) })
const press = (key: string, also = {}) => act(() => void fireEvent.keyDown(document.activeElement ?? document.body, { key, ...also }))

test('columns are lists that say how many, and how full', async () => {
  serve({ [READ]: { body: board() } })
  const { container } = page()
  const backlog = await column('Backlog')
  const items = await within(backlog).findAllByRole('listitem')
  expect(items.map((item) => [item.getAttribute('aria-posinset'), item.getAttribute('aria-setsize')])).toEqual([
    ['1', '2'],
    ['2', '2'],
  ])
  expect((await column('Testing')).getAttribute('aria-label')).toBe('Testing, 2 tickets, 1 over the limit of 1')
  expect(within(await column('Testing')).getByText('1 over')).toBeTruthy()
  expect(within(backlog).getByText('The tax rates are not decided.')).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('a hostile title is words', async () => {
  serve({ [READ]: { body: board() } })
  const { container } = page()
  await column('Backlog')
  expect(await screen.findByText(HOSTILE.replace('\u202e', '\ufffd'))).toBeTruthy()
  expect(container.querySelector('img')).toBeNull()
  expect('__hit' in window).toBe(false)
})

test('one card of a column is reached by Tab, the others by arrows', async () => {
  serve({ [READ]: { body: board() } })
  page()
  const links = await within(await column('Backlog')).findAllByRole('link')
  expect(links.map((link) => link.tabIndex)).toEqual([0, -1])
  act(() => links[0]!.focus())
  press('ArrowDown')
  expect(document.activeElement).toBe(links[1])
  press('l')
  expect(document.activeElement?.getAttribute('aria-label')).toContain('TKT-004')
})

test('a move is shown at once, and the read that has it ends the waiting', async () => {
  let reads = 0
  let answer = () => {}
  const asked = serve({
    [READ]: () => ({ body: reads++ === 0 ? board() : board(12, true) }),
    [MOVE]: () =>
      new Promise((resolve) => {
        answer = () => resolve({ body: { id: card(1, 'backlog').id, position: 12 } })
      }),
  })
  page()
  const first = (await within(await column('Backlog')).findAllByRole('link'))[0]!
  act(() => first.focus())
  press('ArrowRight', { shiftKey: true })
  const there = within(await column('Testing'))
  expect(there.getByText('moving …')).toBeTruthy()
  expect(document.activeElement?.getAttribute('aria-label')).toContain('TKT-001')
  answer()
  await waitFor(() => expect(there.queryByText('moving …')).toBeNull())
  expect(there.getByRole('link', { name: /TKT-001/ })).toBeTruthy()
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ phase: 'testing', force: false })
  expect(asked.find(({ method }) => method === 'POST')?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
})

test('a refusal puts the card back and says why; who may can insist', async () => {
  let forced: unknown = null
  serve({
    [READ]: { body: board() },
    [MOVE]: ({ body }) => {
      forced = body
      return { status: 409, body: problem(409, 'full', 'the column holds as many tickets as it may') }
    },
  })
  const { container } = page()
  const first = (await within(await column('Backlog')).findAllByRole('link'))[0]!
  act(() => first.focus())
  press('m')
  const dialog = await screen.findByRole('dialog', { name: 'Move TKT-001 to' })
  expect(within(dialog).getByText('it is here')).toBeTruthy()
  expect(document.activeElement?.textContent).toContain('Testing')
  expect(await faults(container)).toEqual([])
  fireEvent.click(document.activeElement!)
  const notes = await screen.findByRole('region', { name: 'Notes' })
  expect(notes.textContent).toContain('TKT-001 stays in Backlog. Testing is full.')
  expect(within(await column('Backlog')).getByText(/^Not moved\./)).toBeTruthy()
  expect(within(await column('Testing')).queryByRole('link', { name: /TKT-001/ })).toBeNull()
  fireEvent.click(within(notes).getByRole('button', { name: 'Move it anyway' }))
  await waitFor(() => expect(forced).toEqual({ phase: 'testing', force: true }))
})

test('a board that cannot be read says why and lets one try again', async () => {
  serve({})
  const { container } = page()
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('It does not exist.'))
  expect(screen.getByRole('button', { name: 'Read again' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('an empty board teaches a command and has a button', async () => {
  const empty = board()
  for (const one of empty.columns) one.cards = []
  serve({ [READ]: { body: empty } })
  const { container } = page()
  expect(await screen.findByText(/omoi ticket create/)).toBeTruthy()
  expect(screen.getAllByRole('button', { name: 'New ticket' }).length).toBeGreaterThan(0)
  expect(await faults(container)).toEqual([])
})

test('who may only look reads that, and moves nothing', async () => {
  beHere('viewer')
  const asked = serve({ [READ]: { body: board() } })
  const { container } = page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'New ticket' })).toBeNull()
  within(await column('Backlog')).getByRole('link', { name: /^TKT-001/ }).focus()
  press('n')
  expect(screen.queryByRole('dialog')).toBeNull()
  press('ArrowRight', { shiftKey: true })
  expect(await screen.findByText('TKT-001 stays in Backlog. You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(asked.some(({ method }) => method === 'POST')).toBe(false)
  expect(await faults(container)).toEqual([])
})

test('a role that changes is shown at once', async () => {
  beHere('member')
  serve({ [READ]: { body: board() } })
  page()
  expect(await screen.findByRole('button', { name: 'New ticket' })).toBeTruthy()
  act(() => void beHere('viewer'))
  expect(screen.queryByRole('button', { name: 'New ticket' })).toBeNull()
})
