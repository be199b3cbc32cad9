/** The frames of the socket, as text on the wire. Nothing here knows what a frame means for a page. */
import * as z from 'zod/mini'
import type { Problem, RecordedEvent } from '../api/types'

// Without this zod tries to compile a function, and the content security policy reports it.
z.config({ jitless: true })

export type Topic =
  | { kind: 'log'; project?: string; types?: readonly string[] }
  | { kind: 'ticket'; id: string }
  | { kind: 'board'; project: string }
  | { kind: 'graph'; project: string }

export type ClientFrame =
  | { op: 'subscribe'; sub: string; topic: Topic; from?: number }
  | { op: 'unsubscribe'; sub: string }
  | { op: 'visible'; visible: boolean }

export interface Upsert {
  kind: string
  id: string
  position: number
  value: unknown
}
export interface Remove {
  kind: string
  id: string
}

export interface HelloFrame {
  op: 'hello'
  incarnation: string
  position: number
}
export interface EventsFrame {
  op: 'events'
  sub: string
  from: number
  to: number
  events: RecordedEvent[]
}
export interface LatestFrame {
  op: 'latest'
  sub: string
  position: number
  snapshot: boolean
  upserts: Upsert[]
  removes: Remove[]
}
export type ServerFrame =
  | HelloFrame
  | EventsFrame
  | LatestFrame
  | { op: 'resync'; sub: string; reason: string }
  | { op: 'refused'; sub: string; problem: Problem }
  | { op: 'bye'; reason: string }
  /** A frame of a known kind that cannot be understood: what it said about `sub` is lost. */
  | { op: 'unreadable'; sub: string | null }

const position = z.number()
const Envelope = z.looseObject({
  position,
  id: z.string(),
  type: z.string(),
  aggregate_type: z.string(),
  aggregate_id: z.string(),
  recorded_at: z.string(),
  payload: z.record(z.string(), z.unknown()),
})
const Entity = { kind: z.string(), id: z.string() }

const FRAMES = {
  hello: z.object({ op: z.literal('hello'), incarnation: z.string(), position }),
  events: z.object({ op: z.literal('events'), sub: z.string(), from: position, to: position, events: z.array(Envelope) }),
  latest: z.object({
    op: z.literal('latest'),
    sub: z.string(),
    position,
    snapshot: z._default(z.boolean(), false),
    upserts: z._default(z.array(z.object({ ...Entity, position, value: z.unknown() })), []),
    removes: z._default(z.array(z.object(Entity)), []),
  }),
  resync: z.object({ op: z.literal('resync'), sub: z.string(), reason: z._default(z.string(), '') }),
  refused: z.object({
    op: z.literal('refused'),
    sub: z.string(),
    problem: z.looseObject({ code: z.string(), detail: z.string() }),
  }),
  bye: z.object({ op: z.literal('bye'), reason: z._default(z.string(), '') }),
}

/** A frame; `null` for an `op` this page does not know, so that a newer server can say more. */
export function parseFrame(text: string): ServerFrame | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return { op: 'unreadable', sub: null }
  }
  if (typeof said !== 'object' || said === null) return { op: 'unreadable', sub: null }
  const { op, sub } = said as Record<string, unknown>
  if (typeof op !== 'string' || !Object.hasOwn(FRAMES, op)) return null
  const read = FRAMES[op as keyof typeof FRAMES].safeParse(said)
  if (read.success) return read.data as unknown as ServerFrame
  return { op: 'unreadable', sub: typeof sub === 'string' ? sub : null }
}
