/** Messages to an agent: how far each is on its way, in words that promise no more than is known. Pure. */
import type { State } from '../ui/Glyph'
import { number, type Payload, text } from './payload'
import type { Row } from './trajectory'

export interface Way {
  state: State
  word: string
  /** What that means. */
  means: string
  /** Nothing follows it. */
  settled: boolean
}

/** By the last of its events that has come by a position. */
export function wayOf({ later }: Row, position = Number.POSITIVE_INFINITY): Way {
  const last = later.findLast((event) => event.position <= position)
  const payload = (last?.payload ?? {}) as Payload
  const turn = number(payload, 'turn')
  const because = text(payload, 'reason')
  switch (last?.type) {
    case undefined:
      return { state: 'queued', word: 'On its way', means: 'It is written down, and the agent has not been given it yet.', settled: false }
    case 'run.steer_written':
      return { state: 'running', word: 'Handed over', means: `It was handed to the agent${by(text(payload, 'mechanism'))}. Whether the agent has read it is not known yet.`, settled: false }
    case 'run.steer_accepted':
      return { state: 'running', word: 'Taken', means: 'The agent’s program has taken it, and will show it to the agent.', settled: false }
    case 'run.steer_folded':
      return { state: 'done', word: 'Heard', means: `The agent has it, within ${turn === null ? 'its turn' : `turn ${turn}`}, while it works.`, settled: true }
    case 'run.steer_deferred':
      return { state: 'done', word: 'Heard later', means: `The agent had finished: it has it as ${turn === null ? 'its next turn' : `turn ${turn}`}.`, settled: true }
    case 'run.steer_degraded':
      return { state: 'failed', word: 'Not delivered', means: `It never reached the agent${because && `: ${because}`}. It can be sent again.`, settled: true }
    case 'run.steer_ambiguous':
      return { state: 'waiting', word: 'Not known', means: `Nobody knows whether it reached the agent${because && `: ${because}`}. It is not sent again by itself.`, settled: true }
    default:
      return { state: 'queued', word: text({ type: last?.type }, 'type').replace(/^run\.steer_/, ''), means: '', settled: false }
  }
}

const by = (mechanism: string): string => (mechanism ? ` (${mechanism.replaceAll('_', ' ')})` : '')

/** Why nothing can be said to the agent of this run; `null` when something can. */
export function whyNoMessage(run: { status: string }, hasOpen: boolean, hears: boolean | undefined): string | null {
  if (run.status === 'ended') return 'The run has ended: nobody is there to hear it.'
  if (run.status === 'stopping') return 'The run stops: its agent hears nothing any more.'
  if (hears === false) return 'This agent hears nothing while it works: it does what it was started for. Stop it, and change the task.'
  return hasOpen ? 'One at a time: the last message is still on its way.' : null
}
