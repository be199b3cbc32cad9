// What axe finds in the pages as they are painted, in both themes: nothing. Tests of parts cannot see contrast; this can.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { seed } from './support/demo.mjs'
import { journey } from './support/journey.mjs'
import { card, column, visit } from './support/page.mjs'

journey('axe finds nothing', async ({ server, browser }) => {
  const { project } = await seed(server)
  const { page, faults } = await visit(browser, server)
  const pages = page.getByRole('navigation', { name: 'Pages' })

  await page.getByRole('link', { name: 'Billing' }).waitFor()
  await looksRight(page, 'projects')
  await page.getByRole('link', { name: 'Billing' }).click()
  await card(column(page, 'Implementation'), 'TKT-001').waitFor()
  await looksRight(page, 'board')
  await page.keyboard.press('n')
  await page.getByRole('dialog', { name: 'New ticket' }).waitFor()
  await looksRight(page, 'new ticket')
  await page.keyboard.press('Escape')
  await card(page, 'TKT-001').click()
  await page.getByText('Render the invoice as PDF').waitFor()
  await looksRight(page, 'ticket')
  await pages.getByRole('link', { name: 'Log', exact: true }).click()
  await page.locator('[data-row]').last().click()
  await page.getByRole('complementary', { name: /^Event / }).getByRole('heading', { name: 'Payload' }).waitFor()
  await looksRight(page, 'log')

  assert.ok(page.url().includes(`/p/${project}/log`), 'the journey ended somewhere else')
  assert.deepEqual(faults, [])
})
