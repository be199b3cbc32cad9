/** The line to the server: opened with a ticket, opened again after a pause, given up when it falls silent. */
import { ProblemError, wordsOf } from '../api/problem'
import { backoff } from './backoff'
import { type ClientFrame, parseFrame, type ServerFrame } from './protocol'
import type { LinkState } from './status'

/** The part of a WebSocket that is used. A test brings its own. */
export interface Socket {
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LineOptions {
  /** Opens one socket; throws a `ProblemError`. */
  ticket(): Promise<string>
  connect(ticket: string): Socket
  /** What opened the line opens nothing any more: is there something newer? Throws when that cannot be known now. */
  renew(): Promise<boolean>
  random(): number
  now(): number
}

/** Who is at this end. */
export interface Listener {
  /** How the line is, for people. */
  said(link: LinkState, why: string | null, retryAt: number | null): void
  heard(frame: ServerFrame | null): void
}

const isMissing = (error: unknown): boolean => error instanceof ProblemError && error.status === 404

const GREETING_MS = 10_000

/** The close code for a session or key that has ended. */
const REVOKED = 4401
/** A line that held so long did not end because of what opened it. */
const HELD_MS = 60_000

/** What the server says at parting, for people. */
const PARTINGS: Record<string, string> = {
  too_slow: 'This page could not keep up',
  shutdown: 'The server restarts',
  revoked: 'What opened the connection has ended',
  misuse: 'The server did not understand this page',
}

export class Line {
  /** Another one after each reconnect. */
  socket: Socket | null = null
  /** The server has said hello on this socket. */
  greeted = false
  private running = false
  /** Which of the openings counts: the ticket of an earlier one is that of somebody else. */
  private openings = 0
  private link: LinkState = 'off'
  private why: string | null = null
  private farewell: string | null = null
  private attempt = 0
  private greetedAt = 0
  /** How often in a row a new line was refused what had just opened it. */
  private revocations = 0
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private readonly options: LineOptions
  private readonly listener: Listener

  constructor(options: LineOptions, listener: Listener) {
    this.options = options
    this.listener = listener
  }

  start(): void {
    if (this.running) return
    this.running = true
    void this.open()
  }

  stop(): void {
    this.running = false
    this.openings += 1
    clearTimeout(this.retryTimer)
    this.hangUp()
    this.say('off', null)
  }

  /** Tries at once: the network is back, or somebody asked. */
  retryNow(): void {
    if (!this.running || this.socket || this.link === 'connecting') return
    clearTimeout(this.retryTimer)
    this.attempt = 0
    void this.open()
  }

  send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame))
  }

  /** Gives the line up unless something is heard within this time; `null` waits for ever. */
  listen(patience: number | null): void {
    clearTimeout(this.silenceTimer)
    if (patience === null) return
    this.silenceTimer = setTimeout(() => {
      this.hangUp()
      this.later('The server fell silent')
    }, patience)
  }

  private async open(): Promise<void> {
    const opening = ++this.openings
    const counts = () => this.running && opening === this.openings
    this.say('connecting', this.why)
    let ticket: string
    try {
      ticket = await this.options.ticket()
    } catch (error) {
      // A key that opens nothing opens nothing later either; the page asks for another one.
      if (!counts()) return
      if (error instanceof ProblemError && error.status === 401) this.stop()
      else this.later(isMissing(error) ? 'This server has no live updates' : wordsOf(error))
      return
    }
    if (!counts() || this.socket) return
    const socket = this.options.connect(ticket)
    this.socket = socket
    this.farewell = null
    this.listen(GREETING_MS)
    socket.onmessage = ({ data }) => {
      if (this.socket === socket && typeof data === 'string') this.hear(parseFrame(data))
    }
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return
      if (this.greeted && this.options.now() - this.greetedAt > HELD_MS) this.revocations = 0
      this.hangUp()
      const why = this.farewell ?? 'The connection was lost'
      if (code === REVOKED) void this.revoked(why)
      else this.later(why)
    }
  }

  /** Comes back with what is newer, or not at all. Each time in a row it waits longer: a server may refuse what it gives. */
  private async revoked(why: string): Promise<void> {
    this.say('connecting', why)
    this.attempt = this.revocations++
    const opening = this.openings
    // When it cannot be known now, the next ticket says it.
    const renewed = await this.options.renew().catch(() => true)
    // Meanwhile somebody else may be here, for whom it was opened anew.
    if (opening !== this.openings) return
    if (renewed) this.later(why)
    else this.stop()
  }

  private hear(frame: ServerFrame | null): void {
    if (frame?.op === 'bye') this.farewell = PARTINGS[frame.reason] ?? 'The server closed the connection'
    if (frame?.op === 'hello') {
      this.greeted = true
      this.greetedAt = this.options.now()
      this.attempt = 0
      this.listen(null)
      this.say('live', null)
    }
    this.listener.heard(frame)
  }

  private hangUp(): void {
    const socket = this.socket
    this.socket = null
    this.greeted = false
    this.listen(null)
    if (!socket) return
    socket.onmessage = socket.onclose = socket.onopen = null
    socket.close(1000)
  }

  private later(why: string): void {
    if (!this.running) return
    const wait = backoff(this.attempt++, this.options.random())
    this.say('waiting', why, this.options.now() + wait)
    clearTimeout(this.retryTimer)
    this.retryTimer = setTimeout(() => void this.open(), wait)
  }

  private say(link: LinkState, why: string | null, retryAt: number | null = null): void {
    this.link = link
    this.why = why
    this.listener.said(link, why, retryAt)
  }
}
