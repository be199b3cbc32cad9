/**
 * The one socket of the page. It connects, follows topics, notices what is missing, and hands what came to the pages in
 * batches. What a frame means for a store is the page's business; see `cursor.ts` and `latest.ts` for the rules.
 */
import { ProblemError, problemOf, wordsOf } from '../api/problem'
import { backoff } from './backoff'
import { Following, type Follow } from './following'
import { afterPaint, LEAST_MS, nextDelay } from './pace'
import { type ClientFrame, parseFrame, type ServerFrame } from './protocol'
import { createLiveStatus, type LinkState, type LiveStatusStore } from './status'

/** The part of a WebSocket that is used. A test brings its own. */
export interface Socket {
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LiveOptions {
  /** Opens one socket; throws a `ProblemError`. */
  ticket(): Promise<string>
  connect(ticket: string): Socket
  random?(): number
  now?(): number
  painted?(done: () => void): void
}

const isMissing = (error: unknown): boolean => error instanceof ProblemError && error.status === 404

/** Lanes with events send a frame each second; without one for this long the line is dead, whatever the browser thinks. */
const SILENCE_MS = 15_000
const GREETING_MS = 10_000

/** What the server says at parting, for people. */
const PARTINGS: Record<string, string> = {
  too_slow: 'This page could not keep up',
  shutdown: 'The server restarts',
  revoked: 'The key was revoked',
}

export class LiveClient {
  readonly status: LiveStatusStore = createLiveStatus()
  private readonly options: Required<LiveOptions>
  private readonly follows = new Set<Following>()
  private readonly holds = new Set<string>()
  private socket: Socket | null = null
  private running = false
  private greeted = false
  private visible = true
  private incarnation: string | null = null
  private attempt = 0
  private names = 0
  private delay = LEAST_MS
  private farewell: string | null = null
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private showTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LiveOptions) {
    this.options = { random: Math.random, now: () => Date.now(), painted: afterPaint, ...options }
  }

  start(): void {
    if (this.running) return
    this.running = true
    void this.open()
  }

  stop(): void {
    this.running = false
    clearTimeout(this.retryTimer)
    clearTimeout(this.showTimer)
    this.showTimer = undefined
    this.hangUp()
    this.say('off', null)
  }

  /** Tries at once: the network is back, or somebody asked. */
  retryNow(): void {
    if (!this.running || this.socket || this.status.getState().link === 'connecting') return
    clearTimeout(this.retryTimer)
    this.attempt = 0
    void this.open()
  }

  /** Follows a topic until the answered function is called. */
  follow(follow: Follow): () => void {
    const following = new Following(this.newName(), follow)
    this.follows.add(following)
    if (this.greeted) this.subscribe(following)
    return () => {
      this.follows.delete(following)
      if (!this.greeted) return
      this.send({ op: 'unsubscribe', sub: following.sub })
      this.listenOn()
    }
  }

  /** Keeps what comes back until released: somebody reads, or drags. */
  hold(reason: string): void {
    this.holds.add(reason)
    this.status.setState({ paused: true })
  }

  release(reason: string): void {
    this.holds.delete(reason)
    if (this.holds.size > 0) return
    this.status.setState({ paused: false, held: 0 })
    this.show()
    for (const following of this.follows) if (following.healing) void this.heal(following, false)
  }

  setVisible(visible: boolean): void {
    this.visible = visible
    if (this.greeted) this.send({ op: 'visible', visible })
    if (visible) this.retryNow()
  }

  // ---- the line ----

  private async open(): Promise<void> {
    this.say('connecting', this.status.getState().why)
    let ticket: string
    try {
      ticket = await this.options.ticket()
    } catch (error) {
      // A key that opens nothing opens nothing later either; the page asks for another one.
      if (error instanceof ProblemError && error.status === 401) this.stop()
      else if (this.running) this.later(isMissing(error) ? 'This server has no live updates' : wordsOf(error))
      return
    }
    if (!this.running || this.socket) return
    const socket = this.options.connect(ticket)
    this.socket = socket
    this.farewell = null
    this.listen(GREETING_MS)
    socket.onmessage = ({ data }) => {
      if (this.socket === socket && typeof data === 'string') this.hear(parseFrame(data))
    }
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.hangUp()
      this.later(this.farewell ?? 'The connection was lost')
    }
  }

  private hangUp(): void {
    const socket = this.socket
    this.socket = null
    this.greeted = false
    clearTimeout(this.silenceTimer)
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

  private listen(patience: number): void {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => {
      this.hangUp()
      this.later('The server fell silent')
    }, patience)
  }

  private listenOn(): void {
    if ([...this.follows].some((following) => following.follow.events)) this.listen(SILENCE_MS)
    else clearTimeout(this.silenceTimer)
  }

  private send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame))
  }

  private subscribe(following: Following): void {
    const { sub, position, follow, healing } = following
    if (healing) return
    if (follow.events) this.listen(SILENCE_MS)
    this.send({ op: 'subscribe', sub, topic: follow.topic, ...(position === null ? {} : { from: position }) })
  }

  private newName(): string {
    this.names += 1
    return String(this.names)
  }

  // ---- what is heard ----

  private hear(frame: ServerFrame | null): void {
    if (this.greeted) this.listenOn()
    if (!frame) return
    switch (frame.op) {
      case 'hello':
        return this.greet(frame.incarnation, frame.position)
      case 'bye':
        this.farewell = PARTINGS[frame.reason] ?? 'The server closed the connection'
        return
      case 'unreadable':
        for (const following of this.follows) {
          if (frame.sub === null || frame.sub === following.sub) this.mustHeal(following)
        }
        return
    }
    const following = [...this.follows].find(({ sub }) => sub === frame.sub)
    // A stranger: a frame that was on its way when its subscription ended.
    if (!following || following.healing) return
    switch (frame.op) {
      case 'events':
        this.reached(frame.to)
        if (!following.takeEvents(frame)) return this.mustHeal(following)
        return this.soon()
      case 'latest':
        this.reached(frame.position)
        following.takeLatest(frame)
        return this.soon()
      case 'resync':
        return this.mustHeal(following)
      case 'refused':
        this.follows.delete(following)
        following.follow.refused?.(wordsOf(problemOf(frame.problem.status, frame.problem)))
    }
  }

  private greet(incarnation: string, position: number): void {
    const another = this.incarnation !== null && this.incarnation !== incarnation
    this.incarnation = incarnation
    this.greeted = true
    this.attempt = 0
    clearTimeout(this.silenceTimer)
    this.status.setState({ position })
    this.say('live', null)
    if (!this.visible) this.send({ op: 'visible', visible: false })
    for (const following of this.follows) {
      if (another) {
        following.drop()
        following.position = null
        following.healing = true
        void this.heal(following, true)
      } else if (following.healing) void this.heal(following, false)
      else this.subscribe(following)
    }
  }

  // ---- healing ----

  private mustHeal(following: Following): void {
    if (following.healing) return
    following.healing = true
    following.drop()
    this.send({ op: 'unsubscribe', sub: following.sub })
    following.sub = this.newName()
    // Reading would change the page under somebody who holds it still.
    if (this.holds.size === 0) void this.heal(following, false)
  }

  private async heal(following: Following, anew: boolean, attempt = 0): Promise<void> {
    const socket = this.socket
    // A later healing may begin while this one reads; the last one counts, and only one may subscribe.
    const mine = (following.healings += 1)
    const overtaken = () => !this.follows.has(following) || following.healings !== mine
    try {
      const position = await following.follow.read(anew)
      if (overtaken()) return
      following.position = position
      following.healing = false
      if (this.greeted) this.subscribe(following)
    } catch {
      // The next connection heals what this one could not.
      if (socket !== this.socket || overtaken()) return
      await new Promise((resume) => setTimeout(resume, backoff(attempt, this.options.random())))
      if (socket === this.socket && !overtaken()) await this.heal(following, anew, attempt + 1)
    }
  }

  // ---- showing ----

  private soon(): void {
    if (this.holds.size > 0) {
      let held = 0
      for (const following of this.follows) held += following.held()
      this.status.setState({ held })
      return
    }
    this.showTimer ??= setTimeout(() => this.show(), this.delay)
  }

  private show(): void {
    clearTimeout(this.showTimer)
    this.showTimer = undefined
    if (this.holds.size > 0) return
    const began = this.options.now()
    let shown = false
    for (const following of [...this.follows]) {
      if (!following.waits) continue
      following.show()
      shown = true
    }
    if (!shown) return
    this.options.painted(() => {
      this.delay = nextDelay(this.options.now() - began)
    })
  }

  private reached(position: number): void {
    if (position > (this.status.getState().position ?? -1)) this.status.setState({ position })
  }

  private say(link: LinkState, why: string | null, retryAt: number | null = null): void {
    this.status.setState({ link, why, retryAt })
  }
}
