// Two people at one board: each sees what the other does, and when both move the same card, both see where it ended.
import assert from 'node:assert/strict'
import { eventually, journey } from './support/journey.mjs'
import { arrangement, card, live, visit } from './support/page.mjs'

journey('two browsers come to the same board', async ({ server, browser }) => {
  const { id: project } = await server.post('/projects', { name: 'Billing' })
  let position
  for (let n = 1; n <= 6; n += 1) ({ position } = await server.post(`/projects/${project}/tickets`, { title: `Ticket ${n}` }))
  await server.board(project, position)
  const open = () => visit(browser, server, `/p/${project}/board`)
  const [one, other] = [await open(), await open()]
  await Promise.all([live(one.page), live(other.page)])

  await Promise.all([
    moveOn(one.page, ['TKT-001', 'TKT-003', 'TKT-005']),
    moveOn(other.page, ['TKT-002', 'TKT-004']),
    server.post(`/projects/${project}/tickets`, { title: 'From the command line', phase: 'testing' }),
  ])
  await same(server, project, one.page, other.page)

  // The same card, at the same time, to two places.
  await Promise.all([moveOn(one.page, ['TKT-006']), moveTo(other.page, 'TKT-006', 'Testing')])
  const board = await same(server, project, one.page, other.page)
  assert.deepEqual(Object.keys(board), ['Backlog', 'Design', 'Implementation', 'Testing', 'Deployment', 'Done'])
  assert.equal(Object.values(board).flat().length, 7)
  assert.deepEqual([...one.faults, ...other.faults], [])
})

/** Into the next column, each as soon as it was asked for the last one. */
async function moveOn(page, numbers) {
  for (const number of numbers) {
    await card(page, number).focus()
    await page.keyboard.press('Shift+ArrowRight')
  }
}

async function moveTo(page, number, phase) {
  await card(page, number).focus()
  await page.keyboard.press('m')
  await page.getByRole('dialog').getByRole('button', { name: new RegExp(`^${phase}`) }).click()
}

/** Waits until both pages show what the server says, with nothing on its way. Answers it. */
async function same(server, project, ...pages) {
  return eventually('both show what the server says', async () => {
    const { columns } = await server.get(`/projects/${project}/board`)
    const said = Object.fromEntries(columns.map(({ title, cards }) => [title, cards.map(({ id }) => id)]))
    for (const page of pages) {
      assert.equal(await page.getByText('moving …').count(), 0)
      assert.deepEqual(await arrangement(page), said)
    }
    return said
  })
}
