/** Reads what happened in a run from where it has come, page by page, each once, however often somebody rings. */
import type { RecordedEvent } from '../api/types'

export interface Page {
  events: readonly RecordedEvent[]
  next: number
}

export interface PumpOptions {
  read(after: number): Promise<Page>
  took(events: readonly RecordedEvent[]): void
  /** All there was has been read. */
  arrived(): void
  failed(error: unknown): void
  rest?(ms: number): Promise<void>
}

export const PAGE = 1000
/** A run that says something all the time is asked no more often than this. */
const REST_MS = 200

export class Pump {
  private after = 0
  private busy = false
  private again = false
  private ended = false
  private readonly options: Required<PumpOptions>

  constructor(options: PumpOptions) {
    this.options = { rest: (ms) => new Promise((resume) => setTimeout(resume, ms)), ...options }
  }

  /** There may be more. */
  async ring(): Promise<void> {
    this.again = true
    if (this.busy) return
    this.busy = true
    try {
      for (let first = true; this.again && !this.ended; first = false) {
        if (!first) await this.options.rest(REST_MS)
        this.again = false
        await this.toTheEnd()
      }
    } catch (error) {
      if (!this.ended) this.options.failed(error)
    } finally {
      this.busy = false
    }
  }

  /** What is under way is of no use to anybody. */
  stop(): void {
    this.ended = true
  }

  private async toTheEnd(): Promise<void> {
    for (;;) {
      const { events, next } = await this.options.read(this.after)
      if (this.ended) return
      this.after = Math.max(this.after, next)
      this.options.took(events)
      if (events.length < PAGE) break
    }
    this.options.arrived()
  }
}
