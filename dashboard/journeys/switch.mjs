// Two organizations, one person: the menu in the head goes from one to the other, and each shows what is its own.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { pick, press } from './support/keyboard.mjs'
import { visitAs } from './support/page.mjs'
import { Person } from './support/people.mjs'

journey('each organization shows its own projects, and no others', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  await ada.found('Globex')
  const { id: foreign } = await ada.post('/projects', { name: 'Rockets' })
  await ada.found('Acme')
  await ada.post('/projects', { name: 'Billing' })
  const { page, faults } = await visitAs(ada, browser, server)

  await isIn(page, 'Acme', 'Billing', 'Rockets')
  await goTo(page, 'Acme', 'Globex')
  await isIn(page, 'Globex', 'Rockets', 'Billing')
  await goTo(page, 'Globex', 'Acme')
  await isIn(page, 'Acme', 'Billing', 'Rockets')

  // The address of what belongs to the other one names nothing here.
  await page.goto(`/p/${foreign}/board`)
  await page.getByRole('alert').waitFor()
  assert.equal(await page.getByText('Rockets').count(), 0)
  await looksRight(page, 'a board of another organization')

  // A second tab goes along.
  const second = await page.context().newPage()
  await second.goto('/')
  await isIn(second, 'Acme', 'Billing', 'Rockets')
  await goTo(page, 'Acme', 'Globex')
  await isIn(page, 'Globex', 'Rockets', 'Billing')
  await isIn(second, 'Globex', 'Rockets', 'Billing')
  assert.deepEqual(faults, [])
})

async function isIn(page, organization, has, hasNot) {
  await page.getByRole('button', { name: `Organization ${organization}` }).waitFor()
  await page.getByRole('link', { name: has }).waitFor()
  assert.equal(await page.getByText(hasNot).count(), 0, `${hasNot} is shown in ${organization}`)
}

async function goTo(page, from, to) {
  await press(page, page.getByRole('button', { name: `Organization ${from}` }))
  const item = page.getByRole('menuitemradio', { name: to })
  await item.waitFor()
  await looksRight(page, 'the menu')
  await pick(page, item, to[0])
}
