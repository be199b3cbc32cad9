// How long after an event was recorded it is painted on an open board: 500 cards, of which a hundred get another title each
// second. Prints one line of JSON. `cargo xtask bench bus` runs it with the release program and puts it in its table.
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { findChromium } from '../journeys/support/chromium.mjs'
import { live, visit } from '../journeys/support/page.mjs'
import { Server } from '../journeys/support/server.mjs'

const CARDS = 500
const A_SECOND = 100
const SECONDS = 30
const PHASES = ['backlog', 'requirements', 'implementation', 'testing', 'deployment']

const server = await Server.start()
try {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--disable-gpu'] })
  try {
    console.log(JSON.stringify(await measure(server, browser)))
  } finally {
    await browser.close()
  }
} finally {
  await server.stop()
}

async function measure(server, browser) {
  const { project, tickets, position: before } = await fill(server)
  const { page, faults } = await visit(browser, server, `/p/${project}/board`)
  await live(page)
  await page.locator('[data-card]').first().waitFor()
  await page.evaluate(watchPaints)

  const begun = performance.now()
  const asked = []
  for (let n = 0; n < A_SECOND * SECONDS; n += 1) {
    const due = begun + (n * 1000) / A_SECOND
    if (performance.now() < due) await wait(due - performance.now())
    // Through all cards in an order without a pattern on the screen: 7 and 500 share no divisor.
    asked.push(server.post(`/tickets/${tickets[(n * 7) % CARDS]}/refine`, { title: `Ticket, version ${n}` }))
  }
  const answers = await Promise.all(asked)
  const rate = asked.length / ((performance.now() - begun) / 1000)
  const last = Math.max(...answers.map(({ position }) => position))
  await server.board(project, last)
  await wait(2000)

  const painted = new Map(await page.evaluate(() => [...window.painted]))
  const delays = []
  for (const { payload, recorded_at: at } of await events(server, before, last)) {
    const paint = painted.get(payload.title)
    if (paint !== undefined) delays.push(paint - Date.parse(at))
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  if (delays.length < 100) throw new Error(`only ${delays.length} of the events were to be seen`)
  delays.sort((a, b) => a - b)
  const at = (share) => delays[Math.floor(delays.length * share)]
  return { p50_ms: at(0.5), p95_ms: at(0.95), painted: delays.length, events_a_second: Math.round(rate) }
}

/** A board of 500 cards, each column with its part of them. */
async function fill(server) {
  const { id: project } = await server.post('/projects', { name: 'Billing' })
  const tickets = []
  let position = 0
  while (tickets.length < CARDS) {
    const some = Array.from({ length: 50 }, (_, index) => {
      const n = tickets.length + index
      return server.post(`/projects/${project}/tickets`, { title: `Ticket ${n}`, phase: PHASES[n % PHASES.length] })
    })
    for (const made of await Promise.all(some)) {
      tickets.push(made.id)
      position = Math.max(position, made.position)
    }
  }
  await server.board(project, position)
  return { project, tickets, position }
}

/** In the page: when each title was first painted. What stands in the document before a frame is painted with it. */
function watchPaints() {
  window.painted = new Map()
  let changed = false
  const main = document.querySelector('main')
  new MutationObserver(() => (changed = true)).observe(main, { subtree: true, childList: true, characterData: true })
  const { port1, port2 } = new MessageChannel()
  let shown = []
  port1.onmessage = () => {
    const now = Date.now()
    for (const title of shown) if (!window.painted.has(title)) window.painted.set(title, now)
  }
  const frame = () => {
    if (changed) {
      changed = false
      const box = main.getBoundingClientRect()
      const inside = (card) => {
        const { top, bottom } = card.getBoundingClientRect()
        return bottom > box.top && top < Math.min(box.bottom, innerHeight)
      }
      shown = [...main.querySelectorAll('[data-card]')].filter(inside).map((card) => card.textContent)
      // Answered once the frame is painted.
      port2.postMessage(null)
    }
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

async function events(server, after, last) {
  const all = []
  while (after < last) {
    const { events, next } = await server.get(`/events?type=ticket.refined&after=${after}&limit=500`)
    all.push(...events)
    if (next === null || events.length === 0) break
    after = events.at(-1).position
  }
  return all
}
