/**
 * The one socket of the page. It connects, follows topics, notices what is missing, and hands what came to the pages in
 * batches. What a frame means for a store is the page's business; see `cursor.ts` and `latest.ts` for the rules.
 */
import { problemOf, wordsOf } from '../api/problem'
import { backoff } from './backoff'
import { Following, type Follow } from './following'
import { Line, type LineOptions } from './line'
import { afterPaint, LEAST_MS, nextDelay } from './pace'
import type { ServerFrame } from './protocol'
import { createLiveStatus, type LiveStatusStore } from './status'

export type { Socket } from './line'

export interface LiveOptions extends Pick<LineOptions, 'ticket' | 'connect' | 'renew'> {
  random?(): number
  now?(): number
  painted?(done: () => void): void
}

/** Lanes with events send a frame each second; without one for this long the line is dead, whatever the browser thinks. */
const SILENCE_MS = 15_000

export class LiveClient {
  readonly status: LiveStatusStore = createLiveStatus()
  private readonly options: Required<LiveOptions>
  private readonly follows = new Set<Following>()
  private readonly holds = new Set<string>()
  private readonly line: Line
  private visible = true
  private incarnation: string | null = null
  private names = 0
  /** Until then the page rests from its last paint. */
  private rested = 0
  private showTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LiveOptions) {
    this.options = { random: Math.random, now: () => Date.now(), painted: afterPaint, ...options }
    this.line = new Line(this.options, {
      said: (link, why, retryAt) => this.status.setState({ link, why, retryAt }),
      heard: (frame) => this.hear(frame),
    })
  }

  start(): void {
    this.line.start()
  }

  stop(): void {
    clearTimeout(this.showTimer)
    this.showTimer = undefined
    this.line.stop()
  }

  /** Tries at once: the network is back, or somebody asked. */
  retryNow(): void {
    this.line.retryNow()
  }

  /** Follows a topic until the answered function is called. */
  follow(follow: Follow): () => void {
    const following = new Following(this.newName(), follow)
    this.follows.add(following)
    if (this.line.greeted) this.subscribe(following)
    return () => {
      this.follows.delete(following)
      if (!this.line.greeted) return
      this.line.send({ op: 'unsubscribe', sub: following.sub })
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
    if (this.line.greeted) this.line.send({ op: 'visible', visible })
    if (visible) this.retryNow()
  }

  // ---- what is asked for ----

  private listenOn(): void {
    this.line.listen([...this.follows].some((following) => following.follow.events) ? SILENCE_MS : null)
  }

  private subscribe(following: Following): void {
    const { sub, position, follow, healing } = following
    if (healing) return
    if (follow.events) this.line.listen(SILENCE_MS)
    this.line.send({ op: 'subscribe', sub, topic: follow.topic, ...(position === null ? {} : { from: position }) })
  }

  private newName(): string {
    this.names += 1
    return String(this.names)
  }

  // ---- what is heard ----

  private hear(frame: ServerFrame | null): void {
    if (this.line.greeted) this.listenOn()
    if (!frame) return
    switch (frame.op) {
      case 'hello':
        return this.greet(frame.incarnation, frame.position)
      case 'bye':
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
    this.status.setState({ position })
    if (!this.visible) this.line.send({ op: 'visible', visible: false })
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
    this.line.send({ op: 'unsubscribe', sub: following.sub })
    following.sub = this.newName()
    // Reading would change the page under somebody who holds it still.
    if (this.holds.size === 0) void this.heal(following, false)
  }

  private async heal(following: Following, anew: boolean, attempt = 0): Promise<void> {
    const { socket } = this.line
    // A later healing may begin while this one reads; the last one counts, and only one may subscribe.
    const mine = (following.healings += 1)
    const overtaken = () => !this.follows.has(following) || following.healings !== mine
    try {
      const position = await following.follow.read(anew)
      if (overtaken()) return
      following.position = position
      following.healing = false
      if (this.line.greeted) this.subscribe(following)
    } catch {
      // The next connection heals what this one could not.
      if (socket !== this.line.socket || overtaken()) return
      await new Promise((resume) => setTimeout(resume, backoff(attempt, this.options.random())))
      if (socket === this.line.socket && !overtaken()) await this.heal(following, anew, attempt + 1)
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
    this.showTimer ??= setTimeout(() => this.show(), Math.max(0, this.rested - this.options.now()))
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
    this.rested = began + LEAST_MS
    this.options.painted(() => {
      const painted = this.options.now()
      this.rested = painted + nextDelay(painted - began)
    })
  }

  private reached(position: number): void {
    if (position > (this.status.getState().position ?? -1)) this.status.setState({ position })
  }
}
