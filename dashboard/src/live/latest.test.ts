import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Change, compact, fold, type Latest, NOTHING } from './latest'

const IDS = ['a', 'b', 'c', 'd']

interface Step {
  id: string
  gone: boolean
  /** How many frames later its news is sent: the server conflates. */
  late: number
}

/** What a server would send of a history: each frame has the absolute values of what changed, some of it late. */
function sent(steps: readonly Step[]): Change[] {
  const frames: Change[] = steps.map((_, index) => ({ position: index + 1, snapshot: false, upserts: [], removes: [] }))
  const ended = new Set<string>()
  steps.forEach(({ id, gone, late }, index) => {
    if (ended.has(id)) return
    const position = index + 1
    if (gone) {
      ended.add(id)
      frames[index]!.removes.push({ kind: 'card', id })
    } else {
      const frame = frames[Math.min(index + late, frames.length - 1)]!
      frame.upserts.push({ kind: 'card', id, position, value: position })
    }
  })
  return frames
}

/** What a read at `position` answers: complete, whatever the frames still hold back. */
function readAt(steps: readonly Step[], position: number): Change {
  const alive = new Map<string, number>()
  const ended = new Set<string>()
  steps.slice(0, position).forEach(({ id, gone }, index) => {
    if (ended.has(id)) return
    if (gone) ended.add(id)
    if (gone) alive.delete(id)
    else alive.set(id, index + 1)
  })
  const upserts = [...alive].map(([id, at]) => ({ kind: 'card', id, position: at, value: at }))
  return { position, snapshot: true, upserts, removes: [] }
}

const shown = (state: Latest) =>
  [...state.entities].map(([name, { position, value }]) => [name, position, value] as const).toSorted()

const step = fc.record({ id: fc.constantFrom(...IDS), gone: fc.boolean(), late: fc.nat(2) })
const history = fc.array(step, { minLength: 1, maxLength: 30 })

function split<T>(all: readonly T[], cuts: readonly number[]): T[][] {
  const batches: T[][] = []
  let rest = [...all]
  for (const cut of cuts) batches.push(rest.splice(0, cut % (rest.length + 1)))
  rest = [...rest]
  return [...batches, rest]
}

describe('the fold of the lane latest', () => {
  test('any split into batches gives the same store', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.array(fc.nat(9), { maxLength: 12 }), (steps, seed, cuts) => {
        const frames = [readAt(steps, seed % (steps.length + 1)), ...sent(steps)]
        const oneByOne = frames.reduce((state, frame) => fold(state, [frame]), NOTHING)
        const batched = split(frames, cuts).reduce((state, batch) => fold(state, batch), NOTHING)
        const compacted = split(frames, cuts).reduce((state, batch) => fold(state, compact(batch)), NOTHING)
        expect(shown(batched)).toEqual(shown(oneByOne))
        expect(shown(compacted)).toEqual(shown(oneByOne))
        expect(batched.position).toBe(oneByOne.position)
        expect(compacted.position).toBe(oneByOne.position)
      }),
    )
  })

  test('any order of frames and reads gives the same store', () => {
    fc.assert(
      fc.property(
        history.chain((steps) => {
          const frames = [readAt(steps, Math.floor(steps.length / 2)), readAt(steps, steps.length), ...sent(steps)]
          return fc.tuple(fc.constant(steps), fc.shuffledSubarray(frames, { minLength: frames.length }))
        }),
        ([steps, frames]) => {
          const state = fold(NOTHING, frames)
          expect(shown(state)).toEqual(shown(fold(NOTHING, [readAt(steps, steps.length)])))
        },
      ),
    )
  })

  test('the frames alone end where a read ends', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const state = fold(fold(NOTHING, [readAt(steps, 0)]), sent(steps))
        expect(shown(state)).toEqual(shown(fold(NOTHING, [readAt(steps, steps.length)])))
      }),
    )
  })
})

describe('what wins', () => {
  const card = (id: string, position: number) => ({ kind: 'card', id, position, value: position })
  const frame = (position: number, change: Partial<Change>): Change => ({
    position,
    snapshot: false,
    upserts: [],
    removes: [],
    ...change,
  })

  test('a removed card does not come back with older news', () => {
    const state = fold(NOTHING, [
      frame(0, { snapshot: true }),
      frame(9, { removes: [{ kind: 'card', id: 'a' }] }),
      frame(10, { upserts: [card('a', 8)] }),
    ])
    expect(state.entities.size).toBe(0)
  })

  test('a snapshot keeps what came after it was taken and forgets the rest', () => {
    const state = fold(NOTHING, [
      frame(0, { snapshot: true }),
      frame(12, { upserts: [card('new', 12), card('old', 3)] }),
      frame(10, { snapshot: true, upserts: [card('there', 7)] }),
    ])
    expect([...state.entities.keys()].toSorted()).toEqual(['card:new', 'card:there'])
  })

  test('nothing new is the same object, so that nothing is drawn again', () => {
    const state = fold(NOTHING, [frame(5, { snapshot: true, upserts: [card('a', 4)] })])
    expect(fold(state, [frame(5, { upserts: [card('a', 4)] })])).toBe(state)
    expect(fold(state, [])).toBe(state)
  })
})
