/** Which runs of a project are shown, as the address says it. Pure: anything may stand in an address. */
import type { RunLine } from '../api/types'

export interface RunSearch {
  state?: string
  agent?: string
  task?: string
}

/** Words for the states that can be asked for: how far, or how it ended. */
export const STATES = ['starting', 'active', 'stopping', 'succeeded', 'failed', 'cancelled', 'timed_out', 'lost'] as const

export function shows({ state, agent, task }: RunSearch, run: RunLine): boolean {
  return (!state || state === (run.outcome ?? run.status)) && (!agent || agent === run.agent) && (!task || task === run.task)
}
