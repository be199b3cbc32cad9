/** One topic that a page follows: where it stands, and what waits to be shown. */
import type { RecordedEvent } from '../api/types'
import { advance } from './cursor'
import { type Change, compact } from './latest'
import type { EventsFrame, LatestFrame, Topic } from './protocol'

export interface Follow {
  topic: Topic
  /** The position of what the page shows already; `null` to begin with what comes next. */
  from: number | null
  /**
   * Reads all of it again and answers the position of what was read. Called after a gap, a resync, and with `anew` when the
   * server is another one, so that positions of before mean nothing.
   */
  read(anew: boolean): Promise<number>
  /** Lane `events`: in order, each once. Also called without events when only the position went on. */
  events?(events: RecordedEvent[], to: number): void
  /** Lane `latest`: to be folded, in any order. */
  latest?(frames: Change[]): void
  /** The server does not let this be followed. */
  refused?(words: string): void
}

/** More than this is not kept for a paused page: it reads again instead. */
const MOST_EVENTS_HELD = 5000
const COMPACT_FRAMES_FROM = 64

export class Following {
  /** The name on the wire. A new one after each healing, so that late frames of the old one are strangers. */
  sub: string
  position: number | null
  /** A reading again is wanted or under way: frames are of no use until it is done. */
  healing = false
  /** How many readings again were begun. */
  healings = 0
  readonly follow: Follow
  private waitingEvents: RecordedEvent[] = []
  private waitingFrames: Change[] = []
  private moved = false

  constructor(sub: string, follow: Follow) {
    this.sub = sub
    this.follow = follow
    this.position = follow.from
  }

  /** Takes a frame in. False when something is missing. */
  takeEvents(frame: EventsFrame): boolean {
    const step = advance(this.position, frame)
    if (step.kind === 'gap') return false
    if (step.kind === 'known') return true
    this.position = step.to
    this.moved = true
    this.waitingEvents.push(...step.events)
    return this.waitingEvents.length <= MOST_EVENTS_HELD
  }

  takeLatest(frame: LatestFrame): void {
    this.position = Math.max(this.position ?? -1, frame.position)
    this.waitingFrames.push(frame)
    if (this.waitingFrames.length >= COMPACT_FRAMES_FROM) this.waitingFrames = compact(this.waitingFrames)
  }

  /** How many things wait to be shown. */
  held(): number {
    return this.waitingEvents.length + this.waitingFrames.reduce((sum, frame) => sum + frame.upserts.length + frame.removes.length, 0)
  }

  get waits(): boolean {
    return this.moved || this.waitingFrames.length > 0
  }

  /** Gives the page what waits. */
  show(): void {
    if (this.moved) {
      const events = this.waitingEvents
      this.waitingEvents = []
      this.moved = false
      this.follow.events?.(events, this.position ?? 0)
    }
    if (this.waitingFrames.length > 0) {
      const frames = this.waitingFrames
      this.waitingFrames = []
      this.follow.latest?.(frames)
    }
  }

  /** Forgets what waits: it will be read. */
  drop(): void {
    this.waitingEvents = []
    this.waitingFrames = []
    this.moved = false
  }
}
