/** A server of the live protocol in memory: a log, a board that follows it, and as much trouble as a test wants. */
import type { RecordedEvent } from '../api/types'
import type { Socket } from '../live/client'
import type { ClientFrame, Topic } from '../live/protocol'
import { event } from './events'

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly heard: ClientFrame[] = []
  closed = false
  private readonly server: FakeServer

  constructor(server: FakeServer) {
    this.server = server
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame
    this.heard.push(frame)
    this.server.hear(this, frame)
  }

  close(): void {
    this.closed = true
    this.server.forget(this)
  }

  say(frame: unknown): void {
    if (!this.closed) this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }

  drop(code = 1006): void {
    this.closed = true
    this.server.forget(this)
    this.onclose?.({ code })
  }
}

interface Subscription {
  socket: FakeSocket
  sub: string
  topic: Topic
  to: number
}

export class FakeServer {
  incarnation = 'first'
  log: RecordedEvent[] = []
  tickets = 0
  /** What asking for a ticket fails with. */
  refuses: Error | null = null
  /** How often somebody asked for something newer, and what was answered. */
  renewals = 0
  renews = true
  sockets: FakeSocket[] = []
  /** Answers nothing to a new socket. */
  mute = false
  subscriptions: Subscription[] = []

  readonly ticket = async (): Promise<string> => {
    if (this.refuses) throw this.refuses
    this.tickets += 1
    return `ticket-${this.tickets}`
  }

  readonly renew = async (): Promise<boolean> => {
    this.renewals += 1
    return this.renews
  }

  readonly connect = (): Socket => {
    const socket = new FakeSocket(this)
    this.sockets.push(socket)
    if (!this.mute) {
      queueMicrotask(() => {
        socket.say({ op: 'hello', incarnation: this.incarnation, log: 1, position: this.log.length })
      })
    }
    return socket
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!
  }

  hear(socket: FakeSocket, frame: ClientFrame): void {
    if (frame.op === 'unsubscribe') this.subscriptions = this.subscriptions.filter(({ sub }) => sub !== frame.sub)
    if (frame.op !== 'subscribe') return
    this.subscriptions.push({ socket, sub: frame.sub, topic: frame.topic, to: frame.from ?? this.log.length })
    this.flush()
  }

  forget(socket: FakeSocket): void {
    this.subscriptions = this.subscriptions.filter((one) => one.socket !== socket)
  }

  /** Something happens; nobody is told before `flush`. */
  happen(given: Partial<RecordedEvent> = {}): RecordedEvent {
    const happened = event({ position: this.log.length + 1, ...given })
    this.log.push(happened)
    return happened
  }

  /** Tells all that have not heard. */
  flush(): void {
    for (const one of this.subscriptions) {
      if (one.topic.kind === 'board' || one.topic.kind === 'graph') this.flushLatest(one)
      else {
        const events = this.log.slice(one.to)
        one.socket.say({ op: 'events', sub: one.sub, from: one.to, to: this.log.length, events })
      }
      one.to = this.log.length
    }
  }

  /** The cards: each event makes or changes the card of its aggregate. */
  cards(after = 0) {
    const cards = new Map<string, RecordedEvent>()
    for (const happened of this.log.slice(after)) cards.set(happened.aggregate_id, happened)
    return [...cards].map(([id, { position }]) => ({ kind: 'card', id, position, value: { id, position } }))
  }

  private flushLatest(one: Subscription): void {
    const upserts = this.cards(one.to)
    if (upserts.length === 0) return
    one.socket.say({ op: 'latest', sub: one.sub, position: this.log.length, snapshot: false, upserts, removes: [] })
  }
}
