/** What stands in the payloads of a run's events. They were written by other programs: nothing about them is certain. Pure. */
import type { RecordedEvent } from '../api/types'
import { bytesOf } from './amounts'

export type Payload = Record<string, unknown>

export const text = (payload: Payload, name: string): string => {
  const value = payload[name]
  return typeof value === 'string' ? value : ''
}

export const number = (payload: Payload, name: string): number | null => {
  const value = payload[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

export const within = (payload: Payload, name: string): Payload => {
  const value = payload[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : {}
}

export interface Words {
  /** `null` when they cannot be shown. */
  text: string | null
  /** Why not, in words. */
  why: string | null
}

/** More bytes than this are not part of a page of events. */
const SHOWN_BYTES = 64 * 1024

/** Words that are sealed in the log, as the server opened them; `null` where there are none. */
export function words(payload: Payload, name: string): Words | null {
  const content = within(payload, name)
  if (typeof content['in'] !== 'string') return null
  const opened = content['text']
  if (typeof opened === 'string') return { text: opened, why: null }
  const bytes = number(content, 'bytes') ?? 0
  if (bytes > SHOWN_BYTES) return { text: null, why: `${bytesOf(bytes)}: too long to be shown here.` }
  return { text: null, why: 'These words are sealed, and cannot be opened any more.' }
}

/** When it happened, in milliseconds: by the clock of who saw it, else by that of the log. */
export function timeOf({ payload, recorded_at }: Pick<RecordedEvent, 'payload' | 'recorded_at'>): number {
  const seen = Date.parse(text(payload as Payload, 'at'))
  return (Number.isNaN(seen) ? Date.parse(recorded_at) : seen) || 0
}

export interface Step {
  text: string
  status: string
}

/** The steps of a plan, as far as it is one. */
export function stepsOf(plan: string): Step[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(plan)
  } catch {
    return null
  }
  if (!Array.isArray(parsed)) return null
  return parsed.filter((step): step is Payload => typeof step === 'object' && step !== null).map((step) => ({ text: text(step, 'text'), status: text(step, 'status') }))
}
