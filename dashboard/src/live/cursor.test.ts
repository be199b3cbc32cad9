import fc from 'fast-check'
import { expect, test } from 'vitest'
import { event } from '../testing/events'
import { advance } from './cursor'

const at = (...positions: number[]) => positions.map((position) => event({ position }))

test('a frame that begins where mine ended is news', () => {
  expect(advance(10, { from: 10, to: 14, events: at(11, 14) })).toMatchObject({ kind: 'news', to: 14 })
  expect(advance(10, { from: 10, to: 14, events: [] })).toMatchObject({ kind: 'news', to: 14, events: [] })
})

test('a frame that begins later leaves a gap', () => {
  expect(advance(10, { from: 11, to: 14, events: at(14) })).toEqual({ kind: 'gap' })
})

test('of a frame that overlaps only the rest is new', () => {
  const step = advance(12, { from: 10, to: 14, events: at(11, 12, 13) })
  expect(step.kind === 'news' && step.events.map(({ position }) => position)).toEqual([13])
  expect(advance(14, { from: 10, to: 14, events: at(11) })).toEqual({ kind: 'known' })
})

test('the first frame says where the list begins', () => {
  expect(advance(null, { from: 77, to: 78, events: at(78) })).toMatchObject({ kind: 'news', to: 78 })
})

test('any cut of a log into frames, some of them sent twice, gives each event once and in order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean())),
      (last, cuts) => {
        const log = at(...Array.from({ length: last }, (_, index) => index + 1))
        let mine = 0
        let from = 0
        const got: number[] = []
        for (const [length, twice] of [...cuts, [last, false] as const]) {
          const to = Math.min(last, from + length)
          const frame = { from, to, events: log.slice(from, to) }
          for (const _ of twice ? [1, 2] : [1]) {
            const step = advance(mine, frame)
            expect(step.kind).not.toBe('gap')
            if (step.kind !== 'news') continue
            mine = step.to
            got.push(...step.events.map(({ position }) => position))
          }
          from = to
        }
        expect(got).toEqual(log.map(({ position }) => position))
      },
    ),
  )
})
