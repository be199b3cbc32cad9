import { expect, test } from 'vitest'
import { faceOf, nameOfCard } from './face'
import { neighbour } from './walk'

const column = (id: string) => ({ id, title: id, phases: [], wip_limit: null })
const board = { columns: ['a', 'empty', 'b'].map(column), orders: { a: ['1', '2', '3'], empty: [], b: ['4'] } }

test('keys walk within a column, and over empty ones', () => {
  expect(neighbour(board, '1', 'down')).toBe('2')
  expect(neighbour(board, '3', 'down')).toBe('3')
  expect(neighbour(board, '1', 'up')).toBe('1')
  expect(neighbour(board, '2', 'last')).toBe('3')
  expect(neighbour(board, '3', 'right')).toBe('4')
  expect(neighbour(board, '4', 'left')).toBe('1')
  expect(neighbour(board, '4', 'right')).toBe('4')
})

test('from nowhere the first card is next', () => {
  expect(neighbour(board, null, 'down')).toBe('1')
  expect(neighbour(board, 'gone', 'left')).toBe('1')
  expect(neighbour({ columns: [], orders: {} }, null, 'down')).toBeNull()
})

const tasks = (total: number, completed: number, failed: number) => ({ total, completed, failed })

test('a card shows the worst that is so', () => {
  expect(faceOf({ blocked: 'tax rates', phase: 'testing', tasks: tasks(2, 0, 1) })).toMatchObject({ state: 'blocked', why: 'tax rates' })
  expect(faceOf({ blocked: null, phase: 'testing', tasks: tasks(2, 0, 1) })).toMatchObject({ state: 'failed', why: '1 of 2 tasks failed' })
  expect(faceOf({ blocked: null, phase: 'backlog', tasks: tasks(0, 0, 0) }).state).toBe('queued')
  expect(faceOf({ blocked: null, phase: 'testing', tasks: tasks(2, 2, 0) }).word).toBe('All tasks done')
  expect(faceOf({ blocked: null, phase: 'testing', tasks: tasks(0, 0, 0) }).state).toBe('running')
  expect(faceOf({ blocked: null, phase: 'done', tasks: tasks(2, 1, 1) }).state).toBe('done')
})

test('its name says all of it', () => {
  const card = { id: 'x', number: 'TKT-001', title: 'Send invoices', priority: 'high', phase: 'testing', blocked: null, tasks: tasks(2, 1, 0), position: 1, rank: null, column: 'testing' } as const
  expect(nameOfCard(card, false)).toBe('TKT-001 Send invoices, high priority, In progress, 1 of 2 tasks done')
  expect(nameOfCard(card, true)).toContain('moving')
})
