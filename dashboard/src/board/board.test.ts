import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Board, BoardCard } from '../api/types'
import { type Card, columnsOf, EMPTY, knowsAllColumns, news, type Shown, snapshotOf, withFrames, withMoves } from './model'
import { fill, fillWords, landing, type Move } from './moves'
import { createBoardStore } from './store'

const PHASE = { backlog: 'backlog', design: 'design', testing: 'testing' } as const
type ColumnId = keyof typeof PHASE

const card = (n: number, column: ColumnId, position: number, also: Partial<Card> = {}): Card => ({
  id: `id-${n}`,
  number: `TKT-${String(n).padStart(3, '0')}`,
  title: `Ticket ${n}`,
  priority: 'medium',
  phase: PHASE[column],
  blocked: null,
  tasks: { total: 0, completed: 0, failed: 0 },
  rank: null,
  position,
  column,
  ...also,
})

function board(position: number, cards: Card[]): Board {
  const columns = (['backlog', 'design', 'testing'] as const).map((id) => ({
    id,
    title: id,
    phases: id === 'design' ? (['requirements', 'design'] as BoardCard['phase'][]) : [PHASE[id]],
    wip_limit: id === 'testing' ? 1 : null,
    cards: cards.filter((one) => one.column === id),
  }))
  return { position, stale: null, columns }
}

function start(position: number, cards: Card[]): Shown {
  const read = board(position, cards)
  return withFrames(EMPTY, [snapshotOf(read)], columnsOf(read))
}

const upsert = (value: Card) => ({
  position: value.position,
  snapshot: false,
  upserts: [{ kind: 'card', id: value.id, position: value.position, value }],
  removes: [],
})
const move = (column: ColumnId, position: number | null = null): Move => ({ column, phase: PHASE[column], position })

describe('the board', () => {
  test('cards stand by rank, then by number as a number', () => {
    const shown = start(9, [
      card(1000, 'backlog', 1),
      card(2, 'backlog', 2),
      card(3, 'backlog', 3, { rank: 'b' }),
      card(4, 'backlog', 4, { rank: 'a' }),
    ])
    expect(shown.orders['backlog']).toEqual(['id-4', 'id-3', 'id-2', 'id-1000'])
  })

  test('what did not change keeps its objects', () => {
    const before = start(9, [card(1, 'backlog', 1), card(2, 'design', 2)])
    const after = withFrames(before, [upsert(card(1, 'backlog', 10, { title: 'Other' }))])
    expect(after.cards.get('id-2')).toBe(before.cards.get('id-2'))
    expect(after.orders['backlog']).toBe(before.orders['backlog'])
    expect(after.cards.get('id-1')?.title).toBe('Other')
    expect(withFrames(after, [upsert(card(1, 'backlog', 10))])).toBe(after)
  })

  test('any split of frames gives the same board, moves under way included', () => {
    const step = fc.record({
      n: fc.integer({ min: 1, max: 5 }),
      column: fc.constantFrom<ColumnId>('backlog', 'design', 'testing'),
      rank: fc.option(fc.constantFrom('a', 'b', 'c')),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), fc.array(fc.nat(5)), fc.nat(30), (steps, cuts, asked) => {
        const frames = steps.map(({ n, column, rank }, index) => upsert(card(n, column, index + 10, { rank })))
        const first = withMoves(start(9, [card(1, 'backlog', 1)]), new Map([['id-1', move('testing', asked)]]))
        const oneByOne = frames.reduce((shown, frame) => withFrames(shown, [frame]), first)
        let rest = frames
        let batched = first
        for (const cut of cuts) {
          batched = withFrames(batched, rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        batched = withFrames(batched, rest)
        expect(batched.orders).toEqual(oneByOne.orders)
        expect([...batched.cards]).toEqual(expect.arrayContaining([...oneByOne.cards]))
        expect(batched.moves).toEqual(oneByOne.moves)
      }),
    )
  })

  test('a card of an unknown column is noticed', () => {
    const shown = withFrames(start(1, []), [upsert(card(1, 'review' as ColumnId, 2))])
    expect(knowsAllColumns(shown)).toBe(false)
    expect(knowsAllColumns(start(1, [card(1, 'design', 1)]))).toBe(true)
  })

  test('news counts what others did, not what this page asked for', () => {
    const before = withMoves(start(9, [card(1, 'backlog', 1), card(2, 'backlog', 2)]), new Map([['id-1', move('design')]]))
    const after = withFrames(before, [
      upsert(card(1, 'design', 10)),
      upsert(card(2, 'testing', 11)),
      upsert(card(3, 'backlog', 12)),
    ])
    expect(news(before, after)).toEqual({ moved: 1, blocked: 0, added: 1 })
    expect(news(EMPTY, before)).toEqual({ moved: 0, blocked: 0, added: 0 })
  })
})

describe('a move', () => {
  const first = start(9, [card(1, 'backlog', 1), card(2, 'design', 2)])

  test('is shown at once, and stays until the log shows it', () => {
    const asked = withMoves(first, new Map([['id-1', move('testing')]]))
    expect(asked.orders).toMatchObject({ backlog: [], testing: ['id-1'] })
    const elsewhere = withFrames(asked, [upsert(card(2, 'design', 11))])
    expect(elsewhere.moves.size).toBe(1)
    const answered = withMoves(elsewhere, new Map([['id-1', move('testing', 12)]]))
    expect(answered.moves.size).toBe(1)
    const arrived = withFrames(answered, [upsert(card(1, 'testing', 12))])
    expect(arrived.moves.size).toBe(0)
    expect(arrived.orders['testing']).toEqual(['id-1'])
  })

  test('is over at once when the log was faster than the answer', () => {
    const arrived = withFrames(withMoves(first, new Map([['id-1', move('testing')]])), [upsert(card(1, 'testing', 12))])
    expect(arrived.moves.size).toBe(1)
    expect(withMoves(arrived, new Map([['id-1', move('testing', 12)]])).moves.size).toBe(0)
  })

  test('is over when the board is as far as the answer and the card stands there', () => {
    const answered = withMoves(first, new Map([['id-1', move('testing', 13)]]))
    expect(withFrames(answered, [upsert(card(1, 'testing', 12)), { ...upsert(card(2, 'design', 14)) }]).moves.size).toBe(0)
  })

  test('goes back where it was when it is refused', () => {
    const asked = withMoves(first, new Map([['id-1', move('testing')]]))
    expect(withMoves(asked, new Map()).orders).toEqual(first.orders)
  })
})

describe('where a card lands', () => {
  const design = { phases: ['requirements', 'design'] as const }
  test('forwards in the first phase of a column, backwards in the last', () => {
    expect(landing(design, 'backlog')).toBe('requirements')
    expect(landing(design, 'testing')).toBe('design')
    expect(landing(design, 'design')).toBeNull()
    expect(landing({ phases: [] }, 'design')).toBeNull()
  })

  test('a column says how full it is', () => {
    expect([fill(7, null), fill(9, 10), fill(10, 10), fill(11, 10)]).toEqual(['room', 'room', 'full', 'over'])
    expect(fillWords(11, 10)).toBe('11 tickets, 1 over the limit of 10')
    expect(fillWords(1, 10)).toBe('1 ticket, limit 10')
    expect(fillWords(10, 10)).toBe('10 tickets, full')
  })
})

test('columns that the lane speaks of take the place of those that were read, unless they are older', () => {
  const store = createBoardStore()
  store.seed(board(10, [card(1, 'backlog', 5)]))
  const one = [{ id: 'all', title: 'All', phases: ['backlog', 'design', 'testing'], wip_limit: null }]
  const said = (position: number, columns: unknown) => ({
    position,
    snapshot: false,
    upserts: [{ kind: 'board', id: 'project', position, value: { stale: null, columns } }],
    removes: [],
  })
  store.take([said(9, one)])
  expect(store.getState().shown.columns.map(({ id }) => id)).toEqual(['backlog', 'design', 'testing'])
  store.take([said(12, one), said(11, [])])
  expect(store.getState().shown.columns.map(({ id }) => id)).toEqual(['all'])
})
