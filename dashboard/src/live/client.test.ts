import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import type { RecordedEvent } from '../api/types'
import { FakeServer } from '../testing/fakeServer'
import { LiveClient } from './client'
import { fold, NOTHING } from './latest'
import { LEAST_MS } from './pace'

let server: FakeServer
let client: LiveClient
const link = () => client.status.getState().link

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  client = new LiveClient({ ...server, random: () => 0.5, painted: (done) => done() })
})
afterEach(() => {
  client.stop()
  vi.useRealTimers()
})

/** A page that shows the log. */
function reader(from = 0) {
  const page = {
    got: [] as number[],
    batches: 0,
    reads: 0,
    anew: 0,
    refused: null as string | null,
    stop: () => {},
  }
  const keep = (events: readonly RecordedEvent[]) => page.got.push(...events.map(({ position }) => position))
  page.stop = client.follow({
    topic: { kind: 'log' },
    from,
    async read(anew) {
      page.reads += 1
      if (anew) page.anew += 1
      page.got.length = 0
      keep(server.log)
      return server.log.length
    },
    events(events) {
      page.batches += 1
      keep(events)
    },
    refused: (words) => (page.refused = words),
  })
  return page
}

const whole = () => server.log.map(({ position }) => position)
const settle = (ms = 300) => vi.advanceTimersByTimeAsync(ms)

test('it follows the log and shows it in batches', async () => {
  const page = reader()
  client.start()
  await settle()
  expect(link()).toBe('live')
  for (let i = 0; i < 100; i += 1) {
    server.happen()
    server.flush()
  }
  await settle()
  expect(page.got).toEqual(whole())
  expect(page.batches).toBeLessThan(5)
  expect(client.status.getState().position).toBe(100)
})

test('what comes after a rest is shown at once, what comes soon after that together', async () => {
  const page = reader()
  client.start()
  await settle()
  const { batches } = page
  const happens = () => {
    server.happen()
    server.flush()
  }
  happens()
  await settle(1)
  expect(page.batches).toBe(batches + 1)
  happens()
  happens()
  await settle(LEAST_MS - 5)
  expect(page.batches).toBe(batches + 1)
  await settle(10)
  expect(page.batches).toBe(batches + 2)
  expect(page.got).toEqual(whole())
})

test('after a lost connection it goes on where it was, and nothing is missing', async () => {
  const page = reader()
  client.start()
  await settle()
  server.happen()
  server.flush()
  server.socket.drop()
  expect(link()).toBe('waiting')
  server.happen()
  server.happen()
  await settle(1000)
  expect(link()).toBe('live')
  expect(server.socket.heard).toContainEqual({ op: 'subscribe', sub: '1', topic: { kind: 'log' }, from: 1 })
  expect(page.got).toEqual(whole())
  expect(page.reads).toBe(0)
  expect(server.tickets).toBe(2)
})

test('a gap is healed by one read', async () => {
  const page = reader()
  client.start()
  await settle()
  for (let i = 0; i < 5; i += 1) server.happen()
  server.subscriptions[0]!.to = 3
  server.flush()
  server.happen()
  server.flush()
  await settle()
  expect(page.reads).toBe(1)
  server.happen()
  server.flush()
  await settle()
  expect(page.got).toEqual(whole())
  expect(page.reads).toBe(1)
})

test('resync and a frame that cannot be read are healed the same way', async () => {
  const page = reader()
  client.start()
  await settle()
  server.happen()
  server.socket.say({ op: 'resync', sub: '1', reason: 'the bus was wiped' })
  await settle()
  expect(page.reads).toBe(1)
  server.socket.say(`{"op":"events","sub":"${server.subscriptions.at(-1)!.sub}","from":"?"}`)
  await settle()
  expect(page.reads).toBe(2)
  expect(page.got).toEqual(whole())
})

test('a reading that is overtaken by another does not subscribe twice', async () => {
  const answers: ((position: number) => void)[] = []
  client.follow({ topic: { kind: 'log' }, from: 0, read: () => new Promise((resolve) => answers.push(resolve)) })
  client.start()
  await settle()
  server.socket.say({ op: 'resync', sub: '1', reason: '' })
  server.socket.drop()
  await settle(2000)
  expect(answers).toHaveLength(2)
  for (const answer of answers) answer(0)
  await settle()
  expect(server.subscriptions).toHaveLength(1)
})

test('a read that fails is tried again', async () => {
  const read = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('down')).mockResolvedValue(0)
  client.follow({ topic: { kind: 'log' }, from: 0, read })
  client.start()
  await settle()
  server.socket.say({ op: 'resync', sub: '1', reason: '' })
  await settle(2000)
  expect(read).toHaveBeenCalledTimes(2)
  expect(server.subscriptions).toHaveLength(1)
})

test('another server means reading anew, not comparing positions', async () => {
  const page = reader()
  client.start()
  await settle()
  for (let i = 0; i < 9; i += 1) server.happen()
  server.flush()
  await settle()
  server.incarnation = 'second'
  server.log = []
  server.happen()
  server.socket.drop()
  await settle(2000)
  expect(page.anew).toBe(1)
  expect(page.got).toEqual([1])
})

test('a held page is not moved, counts what came, and catches up', async () => {
  const page = reader()
  client.start()
  await settle()
  client.hold('reading')
  for (let i = 0; i < 214; i += 1) server.happen()
  server.flush()
  await settle(5000)
  expect(page.got).toEqual([])
  expect(client.status.getState()).toMatchObject({ paused: true, held: 214 })
  client.release('reading')
  expect(page.got).toEqual(whole())
  expect(client.status.getState()).toMatchObject({ paused: false, held: 0 })
})

test('a page held for very long reads again instead of keeping everything', async () => {
  const page = reader()
  client.start()
  await settle()
  client.hold('reading')
  for (let i = 0; i < 5001; i += 1) server.happen()
  server.flush()
  await settle()
  expect(page.reads).toBe(0)
  client.release('reading')
  await settle()
  expect(page.reads).toBe(1)
  expect(page.got).toEqual(whole())
})

test('a silent line is a dead line', async () => {
  reader()
  client.start()
  await settle()
  await settle(16_000)
  expect(server.sockets.length).toBeGreaterThan(1)
})

test('a server that accepts and says nothing is left', async () => {
  server.mute = true
  client.start()
  await settle(10_100)
  expect(client.status.getState()).toMatchObject({ link: 'waiting', why: 'The server fell silent' })
})

test('a refused topic is told and not asked for again', async () => {
  const page = reader()
  client.start()
  await settle()
  const problem = { type: '', title: 'Forbidden', status: 403, code: 'forbidden', detail: 'the role may not read the log' }
  server.socket.say({ op: 'refused', sub: '1', problem })
  expect(page.refused).toBe('The role may not read the log.')
  server.socket.drop()
  await settle(2000)
  expect(server.socket.heard).toEqual([])
})

test('while the server is away it waits longer and longer; asked, it tries at once', async () => {
  server.refuses = new ProblemError('unreachable', 0, 'The server cannot be reached.')
  client.start()
  await settle(60_000)
  expect(link()).toBe('waiting')
  server.refuses = null
  client.retryNow()
  await settle(1)
  expect(link()).toBe('live')
})

test('a key that opens nothing ends the trying', async () => {
  server.refuses = new ProblemError('unauthenticated', 401, 'no')
  client.start()
  await settle(60_000)
  expect(link()).toBe('off')
})

test('what opened the line has ended: it is renewed, and the line comes back where it was', async () => {
  const page = reader()
  client.start()
  await settle()
  server.socket.say({ op: 'bye', reason: 'revoked', resume: { 1: 0 } })
  server.socket.drop(4401)
  expect(client.status.getState().why).toBe('What opened the connection has ended')
  server.happen()
  await settle(2000)
  expect(server.renewals).toBe(1)
  expect(server.tickets).toBe(2)
  expect(link()).toBe('live')
  expect(page.got).toEqual(whole())
  expect(page.reads).toBe(0)
})

test('opened anew while a ticket is on its way, it uses that of who is here now', async () => {
  const used: string[] = []
  const answers: ((ticket: string) => void)[] = []
  client = new LiveClient({
    ...server,
    ticket: () => new Promise((resolve) => answers.push(resolve)),
    connect: (ticket) => (used.push(ticket), server.connect()),
    random: () => 0.5,
    painted: (done) => done(),
  })
  client.start()
  client.stop()
  client.start()
  answers[0]!('of Acme')
  await settle()
  expect(used).toEqual([])
  answers[1]!('of Globex')
  await settle()
  expect(used).toEqual(['of Globex'])
  expect(link()).toBe('live')
})

test('opened anew while it is renewed, it is live and stays so', async () => {
  let renewed = (_: boolean) => {}
  client = new LiveClient({ ...server, renew: () => new Promise((resolve) => (renewed = resolve)), random: () => 0.5, painted: (done) => done() })
  client.start()
  await settle()
  server.socket.drop(4401)
  client.stop()
  client.start()
  await settle()
  renewed(true)
  await settle(60_000)
  expect(link()).toBe('live')
  expect(server.sockets.filter(({ closed }) => !closed)).toHaveLength(1)
  expect(server.tickets).toBe(2)
})

test('what cannot be renewed ends the trying', async () => {
  client.start()
  await settle()
  server.renews = false
  server.socket.drop(4401)
  await settle(60_000)
  expect(link()).toBe('off')
  expect(server.tickets).toBe(1)
})

test('a server that refuses what it has just given is not asked in a circle', async () => {
  client.start()
  for (let tenths = 0; tenths < 600; tenths += 1) {
    await settle(100)
    if (link() === 'live') server.socket.drop(4401)
  }
  // A minute: after 0.4, 0.8, 1.5, 3, 6, 12 and 24 s, and not hundreds of times.
  expect(server.renewals).toBeLessThan(10)
  expect(server.renewals).toBeGreaterThan(3)
})

test('nor is one that refuses it before it says hello', async () => {
  server.mute = true
  client.start()
  for (let tenths = 0; tenths < 600; tenths += 1) {
    await settle(100)
    if (link() === 'connecting' && !server.socket.closed) server.socket.drop(4401)
  }
  expect(server.renewals).toBeLessThan(10)
  expect(server.renewals).toBeGreaterThan(3)
})

test('a line that held for long comes back at once each time', async () => {
  client.start()
  reader()
  for (let hours = 0; hours < 5; hours += 1) {
    for (let seconds = 0; seconds < 90; seconds += 1) {
      await settle(1000)
      server.happen()
      server.flush()
    }
    server.socket.drop(4401)
    await settle(1000)
    expect(link()).toBe('live')
  }
  expect(server.renewals).toBe(5)
})

test('who is told to go says why, and comes back', async () => {
  reader()
  client.start()
  await settle()
  server.socket.say({ op: 'bye', reason: 'too_slow', resume: { 1: 0 } })
  server.socket.drop()
  expect(client.status.getState().why).toBe('This page could not keep up')
  await settle(2000)
  expect(link()).toBe('live')
})

test('frames of an ended subscription are strangers', async () => {
  const page = reader()
  client.start()
  await settle()
  page.stop()
  server.socket.say({ op: 'events', sub: '1', from: 0, to: 1, events: [] })
  await settle()
  expect(page.batches).toBe(0)
  expect(server.socket.heard.at(-1)).toEqual({ op: 'unsubscribe', sub: '1' })
})

test('the server hears whether anybody looks', async () => {
  reader()
  client.setVisible(false)
  client.start()
  await settle()
  client.setVisible(true)
  expect(server.socket.heard.filter(({ op }) => op === 'visible')).toEqual([
    { op: 'visible', visible: false },
    { op: 'visible', visible: true },
  ])
})

test('a board comes to what the server has, through losses and pauses', async () => {
  let board = NOTHING
  client.follow({
    topic: { kind: 'board', project: 'p' },
    from: 0,
    async read() {
      board = fold(board, [{ position: server.log.length, snapshot: true, upserts: server.cards(), removes: [] }])
      return board.position
    },
    latest: (frames) => (board = fold(board, frames)),
  })
  client.start()
  await settle()
  for (let i = 0; i < 300; i += 1) {
    server.happen({ aggregate_id: `card-${i % 7}` })
    if (i % 3 === 0) server.flush()
    if (i === 50) client.hold('drag')
    if (i === 180) client.release('drag')
    if (i === 120 || i === 200) {
      server.socket.drop()
      await settle(2000)
    }
  }
  server.flush()
  await settle()
  expect([...board.entities.values()].map(({ id, position }) => [id, position]).toSorted()).toEqual(
    server.cards().map(({ id, position }) => [id, position]).toSorted(),
  )
})
