import { expect, test } from 'vitest'
import type { Intervention } from '../api/types'
import { event } from '../testing/events'
import { linesOf } from './diff'
import { cameTo, stepsInto } from './interventions'
import { stepsOf, timeOf, words } from './payload'
import { cut, plain } from './plain'
import { type Page, PAGE, Pump } from './pump'
import { marksOf, played } from './replay'
import { wayOf, whyNoMessage } from './steering'
import { appended, begunBy, comeBy, NOTHING, steersOf, upTo } from './trajectory'
import { nextOf, runFace } from './words'

const at = (position: number, type: string, payload: Record<string, unknown> = {}) => event({ position, type, aggregate_type: type.split('.')[0]!, payload })

test('what comes of something joins it, wherever pages part', () => {
  const events = [
    at(3, 'trajectory.turn_started', { turn: 1 }),
    at(4, 'trajectory.tool_called', { turn: 1, call: 'a' }),
    at(5, 'trajectory.tool_called', { turn: 1, call: 'b' }),
    at(6, 'trajectory.tool_returned', { turn: 1, call: 'a', ok: true }),
    at(9, 'trajectory.tool_returned', { turn: 1, call: 'nobody', ok: true }),
    at(10, 'trajectory.turn_ended', { turn: 1, stop: 'end_turn' }),
  ]
  const whole = appended(NOTHING, events)
  expect(whole.rows.map(({ kind, later }) => [kind, later.length])).toEqual([['turn', 1], ['tool', 1], ['tool', 0], ['note', 0]])
  for (let part = 1; part < events.length; part += 1) {
    expect(appended(appended(NOTHING, events.slice(0, part)), events.slice(part))).toEqual(whole)
  }
  // Read twice it is the same.
  expect(appended(whole, events)).toBe(whole)
})

test('looking back shows what had come by then, and nothing of later', () => {
  const trajectory = appended(NOTHING, [at(4, 'trajectory.tool_called', { call: 'a' }), at(6, 'trajectory.message_emitted'), at(8, 'trajectory.tool_returned', { call: 'a' })])
  expect(begunBy(trajectory, 5).map(({ event: { position } }) => position)).toEqual([4])
  expect(comeBy(begunBy(trajectory, 7)[0]!, 7)).toBe(0)
  expect(comeBy(begunBy(trajectory, 8)[0]!, 8)).toBe(1)
  expect(begunBy(trajectory, 3)).toEqual([])
  expect([upTo([4, 6, 8], 3), upTo([4, 6, 8], 6), upTo([4, 6, 8], 9)]).toEqual([0, 2, 3])
})

test('twenty thousand steps are joined in a moment', () => {
  const events = Array.from({ length: 20_000 }, (_, n) => at(n + 1, n % 2 === 0 ? 'trajectory.tool_called' : 'trajectory.tool_returned', { call: `c${n >> 1}` }))
  let trajectory = NOTHING
  const begun = performance.now()
  for (let from = 0; from < events.length; from += 1000) trajectory = appended(trajectory, events.slice(from, from + 1000))
  // Less than 100 ms were measured; a busy machine takes longer.
  expect(performance.now() - begun).toBeLessThan(2_000)
  expect(trajectory.rows).toHaveLength(10_000)
})

test('a message says no more of its way than is known', () => {
  const said = (type?: string, payload = {}) =>
    wayOf(steersOf(appended(NOTHING, [at(1, 'run.steer_requested', { steer: 's' }), ...(type ? [at(2, `run.steer_${type}`, { steer: 's', ...payload })] : [])]))[0]!)
  expect(said()).toMatchObject({ word: 'On its way', settled: false })
  expect(said('written', { mechanism: 'between_moves' }).means).toBe('It was handed to the agent (between moves). Whether the agent has read it is not known yet.')
  expect(said('accepted')).toMatchObject({ word: 'Taken', settled: false })
  expect(said('folded', { turn: 2 })).toMatchObject({ state: 'done', means: 'The agent has it, within turn 2, while it works.', settled: true })
  expect(said('deferred', { turn: 3 }).means).toContain('turn 3')
  expect(said('degraded', { reason: 'a command takes no messages' })).toMatchObject({ state: 'failed', means: 'It never reached the agent: a command takes no messages. It can be sent again.' })
  expect(said('ambiguous', { reason: 'the worker went away' }).means).toContain('Nobody knows')
})

test('who cannot be spoken to says why', () => {
  expect(whyNoMessage({ status: 'active' }, false, true)).toBeNull()
  // Nobody has said yet that it does not.
  expect(whyNoMessage({ status: 'active' }, false, undefined)).toBeNull()
  expect(whyNoMessage({ status: 'active' }, true, true)).toContain('One at a time')
  expect(whyNoMessage({ status: 'active' }, false, false)).toContain('hears nothing while it works')
  expect(whyNoMessage({ status: 'ended' }, false, true)).toContain('has ended')
})

test('a message is one step into a run, however it is known', () => {
  const steers = steersOf(appended(NOTHING, [at(1, 'run.steer_requested', { steer: 's', by: 'ada' }), at(2, 'run.steer_folded', { steer: 's', turn: 1 })]))
  const known = { project: 'p', run: 'r', by: 'ada', requested_at: '2026-11-28T09:14:09Z', settled_at: null } as const
  const message: Intervention = { ...known, id: 's', kind: 'message', status: 'requested' }
  const interrupt: Intervention = { ...known, id: 'i', kind: 'interrupt', status: 'failed', reason: 'turn 2 was over before that' }
  const steps = stepsInto(steers, [interrupt, message])
  expect(steps.map(({ id, way }) => [id, way.word])).toEqual([['i', 'Not interrupted'], ['s', 'Heard']])
  expect(steps[0]!.way.means).toBe('Turn 2 was over before that.')
  expect(stepsInto([], [message]).map(({ way }) => way.word)).toEqual(['On its way'])
  expect(cameTo({ ...known, id: 'e', kind: 'message', status: 'expired' }).means).toBe('The run was over before the agent had it.')
})

test('a replay takes the time that it took, without the long waits', () => {
  const marks = marksOf([0, 500, 500, 60_500, 60_000, 61_000])
  // A minute is two seconds, and a clock that goes back stands still.
  expect(marks).toEqual([0, 500, 500, 2500, 2500, 3500])
  expect(played(marks, { step: 0, waited: 0 }, 400, 1)).toEqual({ step: 0, waited: 400 })
  expect(played(marks, { step: 0, waited: 400 }, 100, 1)).toEqual({ step: 2, waited: 0 })
  expect(played(marks, { step: 2, waited: 0 }, 500, 4)).toEqual({ step: 4, waited: 0 })
  expect(played(marks, { step: 4, waited: 0 }, 10_000, 8)).toEqual({ step: 5, waited: 0 })
  expect(marksOf([])).toEqual([])
})

test('a diff is drawn by its signs, and what stands before the first place is about the file', () => {
  const kinds = linesOf('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- not a head\n+++ nor this\n\\ No newline at end of file\n').map(({ kind, text }) => [kind, text])
  expect(kinds).toEqual([
    ['place', '@@ -1,2 +1,2 @@'],
    ['same', 'same'],
    ['removed', '-- not a head'],
    ['added', '++ nor this'],
    ['about', 'No newline at end of file'],
  ])
})

test('what a terminal would hide is shown', () => {
  expect(plain('\u001b[1;31merror\u001b[0m: no')).toBe('error: no')
  expect(plain('harmless\r\u001b[2Kevil')).toBe('harmless\n\\u001b[2Kevil')
  expect(plain('user\u202Efdp.exe')).toBe('user\\u202efdp.exe')
  expect(cut('1\n2\n3\n', 2, 'last')).toEqual({ text: '2\n3', left: 1 })
  expect(cut('x'.repeat(1_000_000), 2, 'first').text.length).toBeLessThan(2_100)
})

test('words that are sealed say why they are not shown', () => {
  expect(words({ text: { in: 'event', sealed: 'x', text: 'hello' } }, 'text')).toEqual({ text: 'hello', why: null })
  expect(words({ text: { in: 'blob', hash: 'x', bytes: 5_000_000, text: null } }, 'text')?.why).toBe('4.8 MiB: too long to be shown here.')
  expect(words({ text: { in: 'event', sealed: 'x', text: null } }, 'text')?.why).toContain('cannot be opened')
  expect(words({}, 'text')).toBeNull()
  expect(words({ text: 'forged' }, 'text')).toBeNull()
})

test('nothing is certain about a payload', () => {
  expect(timeOf({ payload: { at: 'soon' }, recorded_at: '2026-11-28T00:00:00Z' })).toBe(Date.parse('2026-11-28T00:00:00Z'))
  expect(stepsOf('[{"text":"a","status":"pending"},null,7]')).toEqual([{ text: 'a', status: 'pending' }])
  expect([stepsOf('{'), stepsOf('{}')]).toEqual([null, null])
})

test('each state has a mark and a word, also those nobody knows', () => {
  expect(runFace({ status: 'ended', outcome: 'timed_out' })).toEqual({ state: 'failed', word: 'Over its limit' })
  expect(runFace({ status: 'being_dreamt', outcome: null })).toEqual({ state: 'queued', word: 'being dreamt' })
  expect(nextOf({ status: 'ended', outcome: 'failed', code: 'what nobody knows', reason: 'x' })).toContain('start another run')
  expect(nextOf({ status: 'active' })).toBeNull()
})

test('it is read page by page, each once, however often somebody rings', async () => {
  const log = Array.from({ length: PAGE + 3 }, (_, n) => at(n + 1, 'trajectory.message_emitted'))
  const [got, asked]: [number[], number[]] = [[], []]
  let arrived = 0
  const read = async (after: number): Promise<Page> => {
    asked.push(after)
    const events = log.slice(after, after + PAGE)
    return { events, next: events.at(-1)?.position ?? after }
  }
  const pump = new Pump({ read, took: (events) => got.push(...events.map(({ position }) => position)), arrived: () => (arrived += 1), failed: (error) => expect(error).toBeNull(), rest: async () => {} })
  const first = pump.ring()
  void pump.ring()
  void pump.ring()
  await first
  expect(asked).toEqual([0, PAGE, PAGE + 3])
  expect(arrived).toBe(2)
  log.push(at(PAGE + 4, 'trajectory.message_emitted'))
  await pump.ring()
  expect(got).toEqual(log.map(({ position }) => position))
})

test('a reading that fails goes on where it was', async () => {
  let fails = true
  const failures: unknown[] = []
  const got: number[] = []
  const pump = new Pump({
    async read(after) {
      if (fails) throw new Error('away')
      return { events: after === 0 ? [at(1, 'run.started')] : [], next: 1 }
    },
    took: (events) => got.push(...events.map(({ position }) => position)),
    arrived: () => {},
    failed: (error) => failures.push(error),
  })
  await pump.ring()
  fails = false
  await pump.ring()
  expect([failures.length, got]).toEqual([1, [1]])
})
