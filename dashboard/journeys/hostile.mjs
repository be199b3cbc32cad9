// Words of others that want to be more than words: on every page they are shown as they were written, and do nothing.
import assert from 'node:assert/strict'
import { journey } from './support/journey.mjs'
import { card, visit } from './support/page.mjs'

const TITLES = [
  '<img src=x onerror="window.hit=1;alert(1)">',
  '"><script>window.hit=1;alert(1)</script>',
  '</title><svg onload="window.hit=1;alert(1)">',
  'javascript:alert(window.hit=1)',
  "{{constructor.constructor('window.hit=1')()}} ${window.hit=1}",
  'invoice\u202efdp.exe',
  '<style>*{display:none}</style><base href="https://evil.example/">',
]

journey('hostile titles are words', async ({ server, browser }) => {
  const { project, tickets, position } = await hostileProject(server)
  const { page, faults } = await visit(browser, server)
  await page.getByRole('link', { name: TITLES[0] }).click()

  for (const [index, title] of TITLES.entries()) {
    const shown = title.replace('\u202e', '\ufffd')
    await card(page, numberOf(index)).waitFor()
    assert.equal(await card(page, numberOf(index)).textContent(), shown)
  }
  await card(page, numberOf(0)).click()
  await page.getByRole('heading', { level: 1, name: TITLES[0] }).waitFor()
  await page.getByRole('region', { name: /^Comments/ }).getByText(TITLES[1]).waitFor()
  assert.equal(await page.title(), `${numberOf(0)} ${TITLES[0]} · OmoiOS`)

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Log', exact: true }).click()
  await page.locator(`[data-row][href$="at=${position}"]`).click()
  await page.getByRole('complementary', { name: `Event ${position}` }).getByText(TITLES[1]).first().waitFor()

  await untouched(page, faults)
  for (const ticket of tickets) {
    const { page: alone, faults: more } = await visit(browser, server, `/p/${project}/t/${ticket}`)
    await alone.getByRole('heading', { level: 1 }).waitFor()
    await untouched(alone, more)
    await alone.context().close()
  }
})

const numberOf = (index) => `TKT-${String(index + 1).padStart(3, '0')}`

async function untouched(page, faults) {
  assert.equal(await page.evaluate(() => 'hit' in window), false)
  const made = await page.locator('img, iframe, object, embed, base, main style, main script, a[href^="javascript:" i]').count()
  assert.equal(made, 0)
  assert.deepEqual(faults, [])
}

/** Hostile wherever somebody else has the word. Answers where the last comment stands. */
async function hostileProject(server) {
  const { id: project } = await server.post('/projects', { name: TITLES[0], slug: 'hostile', description: TITLES[1] })
  const tickets = []
  for (const title of TITLES) {
    const { id } = await server.post(`/projects/${project}/tickets`, { title, description: title })
    tickets.push(id)
    await server.post(`/tickets/${id}/tasks`, { title })
  }
  await server.post(`/tickets/${tickets[1]}/block`, { reason: TITLES[0] })
  await server.post(`/tickets/${tickets[0]}/pull-requests`, { number: 1, url: 'https://evil.example/"onmouseover="window.hit=1' })
  const { position } = await server.post(`/tickets/${tickets[0]}/comments`, { text: TITLES[1] })
  await server.get(`/tickets/${tickets[0]}?min_position=${position}`)
  await server.board(project, position)
  return { project, tickets, position }
}
