/** How far a list of events has come, and what a frame does to it. */
import type { RecordedEvent } from '../api/types'
import type { EventsFrame } from './protocol'

export type Step =
  | { kind: 'news'; to: number; events: RecordedEvent[] }
  /** All of it is known already: a repeat after a reconnect. */
  | { kind: 'known' }
  /** Something between `mine` and the frame was never received. */
  | { kind: 'gap' }

/** `mine` is the last position received; `null` before the first frame, which then says where the list begins. */
export function advance(mine: number | null, frame: Pick<EventsFrame, 'from' | 'to' | 'events'>): Step {
  if (mine === null) return { kind: 'news', to: frame.to, events: frame.events }
  if (frame.from > mine) return { kind: 'gap' }
  if (frame.to <= mine) return { kind: 'known' }
  return { kind: 'news', to: frame.to, events: frame.events.filter((event) => event.position > mine) }
}
