// A person makes a project and a ticket, and moves the ticket along: with the mouse, and without it.
import assert from 'node:assert/strict'
import { journey } from './support/journey.mjs'
import { hasFocus } from './support/keyboard.mjs'
import { card, column, drag, stands, visit } from './support/page.mjs'

journey('a ticket is made and moved, by mouse and by keys', async ({ server, browser }) => {
  const { page, faults } = await visit(browser, server)
  await createProject(page, 'Billing')
  await createTicket(page, 'Send invoices by mail')
  await card(column(page, 'Backlog'), 'TKT-001').waitFor()

  await drag(page, card(column(page, 'Backlog'), 'TKT-001'), column(page, 'Design'))
  await stands(page, 'TKT-001', 'Design')

  await card(page, 'TKT-001').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await stands(page, 'TKT-001', 'Implementation')

  await page.keyboard.press('m')
  const asks = page.getByRole('dialog', { name: 'Move TKT-001 to' })
  // The list offers the next phase; one further is one arrow further.
  await hasFocus(asks.getByRole('button', { name: /^Testing/ }))
  await page.keyboard.press('ArrowDown')
  await hasFocus(asks.getByRole('button', { name: /^Deployment/ }))
  await page.keyboard.press('Enter')
  await stands(page, 'TKT-001', 'Deployment')

  const { events } = await server.get('/events?type=ticket.phase_entered')
  assert.deepEqual(
    events.map(({ payload }) => payload.to),
    ['requirements', 'implementation', 'deployment'],
  )
  assert.deepEqual(faults, [])
})

journey('the same without a mouse', async ({ server, browser }) => {
  const { page, faults } = await visit(browser, server)
  const button = page.getByRole('button', { name: 'New project' })
  await button.focus()
  await page.keyboard.press('Enter')
  await hasFocus(page.getByRole('dialog', { name: 'New project' }).getByLabel('Name'))
  await page.keyboard.type('Billing')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()

  await page.keyboard.press('n')
  await hasFocus(page.getByRole('dialog', { name: 'New ticket' }).getByLabel('Title'))
  await page.keyboard.type('Send invoices by mail')
  await page.keyboard.press('Enter')
  await card(column(page, 'Backlog'), 'TKT-001').waitFor()

  await page.keyboard.press('ArrowDown')
  await hasFocus(card(page, 'TKT-001'))
  await page.keyboard.press('Shift+ArrowRight')
  await stands(page, 'TKT-001', 'Design')
  await hasFocus(card(page, 'TKT-001'))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Send invoices by mail' }).waitFor()
  assert.deepEqual(faults, [])
})

async function createProject(page, name) {
  await page.getByRole('button', { name: 'New project' }).click()
  const asks = page.getByRole('dialog', { name: 'New project' })
  await asks.getByLabel('Name').fill(name)
  await asks.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
}

async function createTicket(page, title) {
  await page.getByRole('button', { name: 'New ticket' }).first().click()
  const asks = page.getByRole('dialog', { name: 'New ticket' })
  await asks.getByLabel('Title').fill(title)
  await asks.getByLabel('Priority').selectOption('high')
  await asks.getByRole('button', { name: 'Create' }).click()
}
