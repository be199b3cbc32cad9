/**
 * What happened in a run, as rows: an event a row, and what came of it with it (the answer of a tool, the way of a message).
 * Which part of that is shown depends on how far one looks, so that going back in time reckons nothing anew. Pure.
 */
import type { RecordedEvent } from '../api/types'
import { type Payload, text, timeOf } from './payload'

export type Kind = 'turn' | 'message' | 'thought' | 'tool' | 'command' | 'file' | 'plan' | 'question' | 'note' | 'outside' | 'call' | 'steer' | 'run'

export interface Row {
  kind: Kind
  event: RecordedEvent
  /** What came of it, in order. */
  later: readonly RecordedEvent[]
  /** Names what later events are about; `null` for what is over at once. */
  about: string | null
}

export interface Trajectory {
  /** By position. */
  rows: readonly Row[]
  /** The position of each event, and when it happened: an event is a step. */
  positions: readonly number[]
  times: readonly number[]
}

export const NOTHING: Trajectory = { rows: [], positions: [], times: [] }

const KINDS: Record<string, Kind> = {
  'trajectory.turn_started': 'turn',
  'trajectory.message_emitted': 'message',
  'trajectory.thought_emitted': 'thought',
  'trajectory.tool_called': 'tool',
  'trajectory.command_ran': 'command',
  'trajectory.file_changed': 'file',
  'trajectory.plan_updated': 'plan',
  'trajectory.question_raised': 'question',
  'trajectory.noted': 'note',
  'trajectory.mcp_call_made': 'outside',
  'trajectory.egress_attempted': 'outside',
  'trajectory.egress_ended': 'outside',
  'trajectory.llm_call_started': 'call',
  'run.steer_requested': 'steer',
}

/** By what an event and those that came of it are known; the first part says which kind of row it belongs to. */
const ABOUT: Record<string, readonly [Kind, string]> = {
  'trajectory.turn_started': ['turn', 'turn'],
  'trajectory.turn_ended': ['turn', 'turn'],
  'trajectory.tool_called': ['tool', 'call'],
  'trajectory.tool_returned': ['tool', 'call'],
  'trajectory.llm_call_started': ['call', 'call'],
  'trajectory.llm_call_finished': ['call', 'call'],
  'trajectory.llm_call_ambiguous': ['call', 'call'],
  'trajectory.usage_recorded': ['call', 'call'],
  'run.steer_requested': ['steer', 'steer'],
  'run.steer_written': ['steer', 'steer'],
  'run.steer_accepted': ['steer', 'steer'],
  'run.steer_folded': ['steer', 'steer'],
  'run.steer_deferred': ['steer', 'steer'],
  'run.steer_degraded': ['steer', 'steer'],
  'run.steer_ambiguous': ['steer', 'steer'],
}

/** An answer further from its question than so many rows stands alone. */
const REACH = 5_000

/** With events that follow; those that it has already change nothing. */
export function appended(before: Trajectory, events: readonly RecordedEvent[]): Trajectory {
  const last = before.positions.at(-1) ?? 0
  const fresh = events.filter(({ position }) => position > last)
  if (fresh.length === 0) return before
  const rows = before.rows.slice()
  for (const event of fresh) add(rows, event)
  return {
    rows,
    positions: [...before.positions, ...fresh.map(({ position }) => position)],
    times: [...before.times, ...fresh.map(timeOf)],
  }
}

function add(rows: Row[], event: RecordedEvent): void {
  const about = aboutOf(event)
  const begins = KINDS[event.type]
  if (!begins && about) {
    const from = Math.max(0, rows.length - REACH)
    for (let at = rows.length - 1; at >= from; at -= 1) {
      const row = rows[at]!
      if (row.about !== about) continue
      rows[at] = { ...row, later: [...row.later, event] }
      return
    }
  }
  rows.push({ kind: begins ?? (event.type.startsWith('run.') ? 'run' : 'note'), event, later: [], about: begins ? about : null })
}

function aboutOf({ type, payload }: RecordedEvent): string | null {
  const known = ABOUT[type]
  if (!known) return null
  const [kind, field] = known
  const value = (payload as Payload)[field]
  return typeof value === 'string' || typeof value === 'number' ? `${kind} ${value}` : null
}

/** How many of the numbers, which grow, are not beyond this one. */
export function upTo(sorted: readonly number[], most: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= most) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows that have begun at a position of the log. */
export function begunBy({ rows }: Trajectory, position: number): readonly Row[] {
  if ((rows.at(-1)?.event.position ?? 0) <= position) return rows
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.event.position <= position) low = middle + 1
    else high = middle
  }
  return rows.slice(0, low)
}

/** How much of what came of it has come by a position. */
export const comeBy = ({ later }: Row, position: number): number => later.filter((event) => event.position <= position).length

/** The turn that a row belongs to; `null` when it says none. */
export function turnOf({ event }: Row): number | null {
  const { turn } = event.payload as { turn?: unknown }
  return typeof turn === 'number' ? turn : null
}

/** What the message says, and how far it is on its way, as its events tell. */
export const steersOf = ({ rows }: Trajectory): Row[] => rows.filter(({ kind }) => kind === 'steer')

export const nameOfSteer = ({ event }: Row): string => text(event.payload as Payload, 'steer')
