/**
 * Going back in a run: which step is shown, and how it plays. A step is an event. It plays in the time that it took, with the
 * long waits left out. Pure.
 */

/** A wait longer than this is shown as one of this. */
const LONGEST_WAIT_MS = 2_000

export const SPEEDS = [1, 2, 4, 8] as const
export type Speed = (typeof SPEEDS)[number]

/** When each step is shown, in milliseconds from the first. */
export function marksOf(times: readonly number[]): number[] {
  const marks: number[] = []
  let [at, before] = [0, times[0] ?? 0]
  for (const time of times) {
    // Clocks of those who see it differ, so time may seem to go back.
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(0, time - before))
    at += Number.isNaN(wait) ? 0 : wait
    if (!Number.isNaN(time)) before = time
    marks.push(at)
  }
  return marks
}

export interface Playing {
  /** The step that is shown, from 0. */
  step: number
  /** How far into the wait for the next one, in milliseconds. */
  waited: number
}

/** After so many milliseconds of somebody's time. */
export function played(marks: readonly number[], { step, waited }: Playing, elapsed: number, speed: Speed): Playing {
  const last = marks.length - 1
  if (step >= last) return { step: Math.max(0, last), waited: 0 }
  const until = marks[step]! + waited + elapsed * speed
  let next = step
  while (next < last && marks[next + 1]! <= until) next += 1
  return { step: next, waited: next === last ? 0 : until - marks[next]! }
}
