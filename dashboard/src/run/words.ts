/** How a run looks, and what can be done about how it ended. Pure. */
import type { Run, RunLine } from '../api/types'
import type { State } from '../ui/Glyph'

export interface Face {
  state: State
  word: string
}

const GOES_ON: Record<string, Face> = {
  starting: { state: 'queued', word: 'Starts' },
  active: { state: 'running', word: 'Works' },
  stopping: { state: 'paused', word: 'Stops' },
}
const ENDED: Record<string, Face> = {
  succeeded: { state: 'done', word: 'Succeeded' },
  failed: { state: 'failed', word: 'Failed' },
  cancelled: { state: 'cancelled', word: 'Stopped' },
  timed_out: { state: 'failed', word: 'Over its limit' },
  lost: { state: 'failed', word: 'Lost' },
}

export function runFace({ status, outcome }: Pick<RunLine, 'status' | 'outcome'>): Face {
  const face = status === 'ended' ? ENDED[outcome ?? ''] : GOES_ON[status]
  return face ?? { state: 'queued', word: (outcome ?? status).replaceAll('_', ' ') }
}

const AGAIN = 'The task can be tried again: start another run of it.'
const MENDED = 'Mend that first, then let the task try again: omoi task retry.'

/** What to do, by why it ended. */
const NEXT: Record<string, string> = {
  verified: 'Its work is on its branch, for whoever merges it.',
  not_verified: 'What failed stands in its evidence. The next run of the task is told, and goes on from here.',
  no_changes: 'Say more clearly in the task what is to be different, then start another run.',
  no_verification: 'Give the project a command that shows whether the work is done: omoi project set --verify.',
  no_repository: MENDED,
  not_a_repository: MENDED,
  repository_unreachable: AGAIN,
  conflict: MENDED,
  unknown_agent: MENDED,
  bad_assignment: 'The task lacks what its agent needs: change the task, then let it try again.',
  agent_missing: MENDED,
  agent_version: MENDED,
  agent_cannot_start: MENDED,
  agent_garbage: AGAIN,
  agent_silent: AGAIN,
  agent_gone: AGAIN,
  worker_gone: AGAIN,
  not_kept: AGAIN,
  no_sandbox: 'omoi doctor says what a node lacks for sandboxes.',
  disk: 'Make room on the disk of the node, then start another run.',
  gave_up: 'Read its last words. Make the task smaller or clearer, or do it by hand.',
  idle: 'Look at what it did last: it may wait for something that never comes. Then start another run.',
  no_progress: 'Look whether it went round in circles. Make the task smaller, or tell the next run what to leave.',
  wall_clock: 'Make the task smaller, or allow runs of the project more time.',
  budget: 'Allow runs of the project to cost more, or make the task smaller; then let it try again: omoi task retry.',
  interrupted: 'Say in the task what is to be different, then let it try again: omoi task retry.',
  stopped: 'The task waits until somebody lets it try again: omoi task retry.',
  node_lost: 'The task is free again: another run takes it up.',
  task_gone: 'The task went on without it; nothing is to be done here.',
}

export const nextOf = (progress: Run['progress']): string | null =>
  progress.status === 'ended' ? (NEXT[progress.code] ?? (progress.outcome === 'succeeded' ? null : AGAIN)) : null

/** What holds a sandbox, in words. */
const LEVELS: Record<string, string> = {
  full: 'files, processes and network of its own; the kernel limits what all of it uses',
  user: 'files, processes and network of its own; what all of it uses is watched, not limited',
  process: 'nothing: it runs as any other program of the node',
}

export const levelWords = (level: string): string => LEVELS[level] ?? level

/** Why the way out to a host was shut, or ended. */
const WAYS_OUT: Record<string, string> = {
  no_host: 'that is no host',
  not_allowed: 'the project does not name this host (omoi project set --allow-host)',
  in_the_clear: 'only HTTPS leads out',
  unknown_host: 'nobody knows where this host is',
  private_host: 'it is in the network of the server',
  unreachable: 'it does not answer',
  too_many: 'too many connections were open',
  too_often: 'the run has asked too often',
  away: 'the database was away',
  run_over: 'the run was over',
  other_name: 'it asked for another host inside',
  no_tls: 'it did not speak TLS',
  idle: 'nothing went through it for too long',
  too_much: 'it sent or received too much',
}

export const wayOut = (reason: string): string => WAYS_OUT[reason] ?? reason.replaceAll('_', ' ')
