// The server is killed while somebody follows the log. The page says that it is not live, comes back by itself, and then
// shows every event there is: none twice, none missing.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually, journey } from './support/journey.mjs'
import { live, positions, visit } from './support/page.mjs'

journey('the log goes on without a gap after kill -9', async ({ server, browser }) => {
  const { id: project } = await server.post('/projects', { name: 'Billing' })
  const { id: ticket } = await server.post(`/projects/${project}/tickets`, { title: 'Send invoices by mail' })
  const begun = await newest(server)
  // High enough for all rows: those that are not on the screen do not exist.
  const { page, faults } = await visit(browser, server, '/log', { viewport: { width: 1600, height: 12_000 } })
  await live(page)
  await page.evaluate(() => (window.sameDocument = true))

  const writer = new Writer(server, ticket)
  const written = writer.write()
  await eventually('what happens is shown as it happens', async () => (await positions(page)).length > 15)
  await server.kill()
  await page.getByRole('button', { name: /^Not live/ }).waitFor()
  await server.startAgain()
  await live(page)
  const shown = (await positions(page)).length
  await eventually('it goes on being shown', async () => (await positions(page)).length > shown + 15)
  writer.enough = true
  const comments = await written

  const last = await newest(server)
  await eventually('the last event is shown', async () => (await positions(page)).at(-1) === last)
  // What lies before is about the installation itself, and nobody's in this organization.
  const { events: [first] } = await server.get('/events?limit=1')
  const dense = Array.from({ length: last - first.position + 1 }, (_, index) => first.position + index)
  assert.deepEqual(await positions(page), dense)
  // Each comment once, also those whose answer was lost.
  assert.equal(last, begun + comments)
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was loaded again')
  assert.deepEqual(faults, [])
})

/** The position of the last event. */
async function newest(server) {
  const { events } = await server.get(`/events?before=${Number.MAX_SAFE_INTEGER}&limit=1`)
  return events[0].position
}

/** Comments one after the other. Each is sent until it is answered, as the same wish. */
class Writer {
  enough = false

  constructor(server, ticket) {
    this.server = server
    this.ticket = ticket
  }

  /** Answers how many. */
  async write() {
    let count = 0
    while (!this.enough) {
      count += 1
      const wish = `comment ${count}`
      const send = () => this.server.post(`/tickets/${this.ticket}/comments`, { text: wish }, wish)
      await eventually(`${wish} is answered`, send, 60_000)
      await wait(50)
    }
    return count
  }
}
