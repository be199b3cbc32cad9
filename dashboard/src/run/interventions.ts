/** What people did to runs, in words: a message or an interruption, and what came of it. Pure. */
import type { Intervention } from '../api/types'
import type { Words } from './payload'
import { type Payload, text, timeOf, words } from './payload'
import { type Way, wayOf } from './steering'
import { nameOfSteer, type Row } from './trajectory'

/** How it went, as far as it is known. */
export function cameTo(one: Intervention): Way {
  const message = one.kind === 'message'
  switch (one.status) {
    case 'delivered':
      return message
        ? { state: 'done', word: 'Heard', means: `The agent has it, in turn ${one.turn}.`, settled: true }
        : { state: 'done', word: 'Interrupted', means: `The agent left turn ${one.turn}.`, settled: true }
    case 'failed':
      return { state: 'failed', word: message ? 'Not delivered' : 'Not interrupted', means: sentence(one.reason), settled: true }
    case 'expired':
      return { state: 'cancelled', word: 'Too late', means: message ? 'The run was over before the agent had it.' : 'The run was over before that.', settled: true }
    default:
      return { state: 'queued', word: 'On its way', means: message ? 'The agent does not have it yet.' : 'The agent has not left its turn yet.', settled: false }
  }
}

const sentence = (reason: string): string => `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`

export const KIND: Record<Intervention['kind'], string> = { message: 'Message', interrupt: 'Interruption' }

/** What was done to one run. */
export interface Step {
  id: string
  kind: Intervention['kind']
  by: string
  at: number
  way: Way
  /** What was said. */
  said: Words | null
}

/** All of a run, newest first. Of a message its events tell more, and earlier. */
export function stepsInto(steers: readonly Row[], interventions: readonly Intervention[]): Step[] {
  const said = steers.map((steer): Step => {
    const payload = steer.event.payload as Payload
    return { id: nameOfSteer(steer), kind: 'message', by: text(payload, 'by'), at: timeOf(steer.event), way: wayOf(steer), said: words(payload, 'text') }
  })
  const known = new Set(said.map(({ id }) => id))
  const others = interventions.filter(({ id }) => !known.has(id)).map((one): Step => ({ id: one.id, kind: one.kind, by: one.by, at: Date.parse(one.requested_at), way: cameTo(one), said: null }))
  return [...said, ...others].toSorted((one, other) => other.at - one.at)
}
