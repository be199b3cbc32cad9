import { expect, test } from 'vitest'
import { backoff } from './backoff'
import { LEAST_MS, MOST_MS, nextDelay } from './pace'
import { parseFrame } from './protocol'

test('the wait grows, is never none, and ends at half a minute', () => {
  expect(backoff(0, 0)).toBe(250)
  expect(backoff(0, 1)).toBe(500)
  expect(backoff(3, 1)).toBe(4000)
  expect(backoff(1000, 1)).toBe(30_000)
  expect(backoff(1000, 0)).toBe(15_000)
})

test('the next paint waits as long as the last one took, within bounds', () => {
  expect(nextDelay(3)).toBe(LEAST_MS)
  expect(nextDelay(120)).toBe(120)
  expect(nextDelay(4000)).toBe(MOST_MS)
  expect(nextDelay(Number.NaN)).toBe(MOST_MS)
})

test('a frame is read, an unknown one ignored, a broken one told apart', () => {
  expect(parseFrame('{"op":"hello","incarnation":"i","log":1,"position":7}')).toMatchObject({ op: 'hello', position: 7 })
  expect(parseFrame('{"op":"latest","sub":"1","position":4}')).toMatchObject({ snapshot: false, upserts: [], removes: [] })
  expect(parseFrame('{"op":"weather"}')).toBeNull()
  expect(parseFrame('{"op":"constructor"}')).toBeNull()
  expect(parseFrame('{"op":"events","sub":"3","from":"x"}')).toEqual({ op: 'unreadable', sub: '3' })
  expect(parseFrame('{')).toEqual({ op: 'unreadable', sub: null })
  expect(parseFrame('null')).toEqual({ op: 'unreadable', sub: null })
})
