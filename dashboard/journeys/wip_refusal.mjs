// A column is full: the card goes back to where it was, says why, and goes in all the same for who insists.
import assert from 'node:assert/strict'
import { journey } from './support/journey.mjs'
import { card, column, drag, stands, visit } from './support/page.mjs'

const REFUSED = 'TKT-004 stays in Testing. Deployment is full.'

journey('a full column refuses a card, and says so beside it', async ({ server, browser }) => {
  const { project, ticket } = await fullDeployment(server)
  const { page, faults } = await visit(browser, server, `/p/${project}/board`)
  const [notes, testing] = [page.getByRole('region', { name: 'Notes' }), column(page, 'Testing')]
  await page.getByRole('region', { name: 'Deployment, 3 tickets, full' }).waitFor()

  await drag(page, card(testing, 'TKT-004'), column(page, 'Deployment'))
  await notes.getByText(REFUSED).waitFor()
  await testing.getByText('Not moved. Deployment is full.').waitFor()
  await stands(page, 'TKT-004', 'Testing')
  assert.equal((await server.get(`/tickets/${ticket}`)).phase, 'testing')
  await notes.getByRole('button', { name: 'Dismiss' }).click()
  await testing.getByText('Not moved.').waitFor({ state: 'hidden' })

  await card(page, 'TKT-004').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await notes.getByText(REFUSED).waitFor()
  await stands(page, 'TKT-004', 'Testing')

  await notes.getByRole('button', { name: 'Move it anyway' }).click()
  await stands(page, 'TKT-004', 'Deployment')
  await page.getByRole('region', { name: 'Deployment, 4 tickets, 1 over the limit of 3' }).waitFor()
  const { events } = await server.get(`/events?before=${Number.MAX_SAFE_INTEGER}&limit=1&type=ticket.phase_entered`)
  assert.deepEqual([events[0].aggregate_id, events[0].payload.forced], [ticket, true])
  assert.deepEqual(faults, [])
})

/** The usual board has room for three there. Answers the ticket that finds none. */
async function fullDeployment(server) {
  const { id: project } = await server.post('/projects', { name: 'Billing' })
  const create = (n) => server.post(`/projects/${project}/tickets`, { title: `Ticket ${n}`, phase: 'testing' })
  for (const n of [1, 2, 3]) await server.post(`/tickets/${(await create(n)).id}/move`, { phase: 'deployment' })
  const { id: ticket, position } = await create(4)
  await server.board(project, position)
  return { project, ticket }
}
