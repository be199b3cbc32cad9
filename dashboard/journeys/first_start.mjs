// The link that `omoi up` prints signs in whoever started it: once. Who comes second reads how to get another one.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { open, shown } from './support/page.mjs'

journey('the first start signs its owner in, once', async ({ server, browser }) => {
  const { page, faults } = await open(browser, server, server.loginUrl)
  await page.getByRole('heading', { name: 'No project yet' }).waitFor()
  assert.doesNotMatch(page.url(), /token/)
  await looksRight(page, 'no project yet')
  // The cookie keeps it.
  await page.reload()
  await shown(page)

  const second = await open(browser, server, server.loginUrl)
  await second.page.getByRole('heading', { name: 'This link is over' }).waitFor()
  await second.page.getByText('omoi login-link').waitFor()
  await looksRight(second.page, 'welcome, over')

  const { login_url: another } = await server.omoi('login-link')
  await second.page.goto(another)
  await shown(second.page)
  assert.deepEqual([...faults, ...second.faults], [])
})
