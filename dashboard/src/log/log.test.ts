import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_TYPES } from '../api/eventTypes'
import { event } from '../testing/events'
import { readLogSearch, typesOf, withPart, withType } from './search'
import { MOST, opened, released, withNews, withOlder } from './window'
import { lookOf, subjectOf, tell } from './words'

const at = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event({ position: from + index }))
const positions = (events: readonly { position: number }[]) => events.map(({ position }) => position)

describe('the window', () => {
  test('opens at the end and grows backwards', () => {
    const window = withOlder(opened(at(5, 8).toReversed(), 4), at(1, 5).toReversed(), 10)
    expect(positions(window.events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(window.whole).toBe(true)
    expect(opened(at(5, 8).toReversed(), 4).whole).toBe(false)
  })

  test('any split of what happens, held back or not, gives the same in the end', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(fc.record({ size: fc.nat(6), hold: fc.boolean(), again: fc.nat(3) })), (count, cuts) => {
        const log = at(11, 10 + count)
        let window = opened(at(1, 10).toReversed(), 10)
        let done = 0
        for (const { size, hold, again } of [...cuts, { size: count, hold: false, again: 0 }]) {
          const from = Math.max(0, done - again)
          const batch = log.slice(from, done + size)
          window = withNews(window, batch, 10 + Math.min(count, done + size), hold)
          done = Math.min(count, done + size)
        }
        window = released(window)
        expect(positions(window.events)).toEqual(positions(at(1, 10 + count)))
        expect(window.to).toBe(10 + count)
        expect(window.held).toEqual([])
      }),
    )
  })

  test('a reader further up is not moved', () => {
    const window = opened(at(1, 3).toReversed(), 3)
    const held = withNews(window, at(4, 6), 6, true)
    expect(held.events).toBe(window.events)
    expect(held.held).toHaveLength(3)
    expect(withNews(window, [], 3, false)).toBe(window)
  })

  test('memory is bounded at the old end', () => {
    const window = released(withNews(opened([], 1), at(1, MOST + 5), MOST + 5, true))
    expect(window.events).toHaveLength(MOST)
    expect(window.events[0]?.position).toBe(6)
    expect(window.whole).toBe(false)
  })
})

describe('the address', () => {
  const correlation = '01a206b1-d59a-7107-8a82-7cc735ff68b5'

  test('says what is shown', () => {
    expect(readLogSearch({ type: 'task.failed,ticket.created', correlation, at: '7' })).toEqual({
      type: 'task.failed,ticket.created',
      correlation,
      at: 7,
    })
  })

  test('holds nothing that makes no sense', () => {
    for (const said of [{}, { type: '<script>', at: -1 }, { correlation: 'x', at: 'x' }, { type: 7, of: {}, event: null, at: null }]) {
      expect(readLogSearch(said)).toEqual({})
    }
  })

  test('changes by a type', () => {
    const one = withType({ at: 3 }, 'task.failed', true)
    expect(one).toEqual({ at: 3, type: 'task.failed' })
    expect(typesOf(withType(one, 'task.claimed', true))).toEqual(['task.claimed', 'task.failed'])
    expect(withType(one, 'task.failed', false)).toEqual({ at: 3 })
    expect(withPart({ at: 3, correlation }, { at: undefined })).toEqual({ correlation })
  })
})

describe('words', () => {
  test('every event of the catalogue has words, whatever its payload', () => {
    for (const type of EVENT_TYPES) {
      for (const payload of [{}, { reason: null, title: 7, unmet: 'x', from: {}, to: [] }]) {
        expect(tell(event({ position: 1, type, payload }))).not.toContain('undefined')
        expect(tell(event({ position: 1, type, payload }))).not.toBe('')
      }
    }
  })

  test('an unknown event says its type', () => {
    expect(tell(event({ position: 1, type: 'run.sandbox_lost' }))).toBe('sandbox lost')
  })

  test('what went wrong is marked', () => {
    expect(lookOf('task.attempt_failed')).toBe('failed')
    expect(lookOf('ticket.gate_approval_requested')).toBe('waiting')
    expect(lookOf('ticket.created')).toBeNull()
  })

  test('a subject is called by its number where the event has it', () => {
    expect(subjectOf(event({ position: 1, payload: { number: 'TKT-001' } }))).toBe('TKT-001')
    expect(subjectOf(event({ position: 1 }))).toBe('ticket …3dd2f4ad')
  })
})
