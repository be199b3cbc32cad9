// A key for a program: made, shown once, good for what it is for and nothing else, revoked. Who may not have one is told.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { Client } from './support/client.mjs'
import { eventually, journey } from './support/journey.mjs'
import { press, tabTo, write } from './support/keyboard.mjs'
import { visitAs } from './support/page.mjs'
import { Person } from './support/people.mjs'

journey('a key is made, used and revoked, without a mouse', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  await ada.found('Acme')
  const { page, faults } = await visitAs(ada, browser, server, '/organization/keys')
  await page.getByRole('heading', { name: 'No key yet' }).waitFor()
  await looksRight(page, 'no key yet')
  await press(page, page.getByRole('button', { name: 'Make a key' }))
  const program = new Client(server.url, await make(page))

  assert.equal(await program.status('GET', '/projects'), 200)
  assert.equal(await program.status('POST', '/projects', { name: 'Billing' }), 403)
  assert.equal(await program.status('GET', '/auth/me'), 403)

  await press(page, page.getByRole('button', { name: 'I have it: hide it' }))
  assert.ok(!(await page.content()).includes(program.bearer), 'the key is still in the page')
  await page.reload()
  await looksRight(page, 'keys')
  await press(page, page.getByRole('button', { name: 'Revoke the key CI of Billing' }))
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }))
  await eventually('the key opens nothing', async () => (await program.status('GET', '/projects')) === 401, 5_000)
  await page.getByRole('heading', { name: 'No key yet' }).waitFor()
  assert.deepEqual(faults, [])
})

journey('a viewer reads who belongs to it, and no keys', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  const bob = await Person.register(server, 'Bob')
  await ada.take(server, await ada.found('Acme'), bob, 'viewer')
  const { page, faults } = await visitAs(bob, browser, server, '/organization/keys')
  await page.getByRole('heading', { name: 'Your role does not show the keys' }).waitFor()
  await looksRight(page, 'no keys for viewers')
  await page.goto('/organization/members')
  await page.getByRole('cell', { name: 'Ada', exact: true }).waitFor()
  await page.getByText('Inviting is not yours to do.').waitFor()
  assert.equal(await page.getByRole('main').getByRole('button').count(), 0)
  await looksRight(page, 'members for viewers')
  assert.deepEqual(faults, [])
})

/** Answers the key. */
async function make(page) {
  await write(page, 'Name', 'CI of Billing')
  await page.keyboard.press('Enter')
  await page.getByText('Choose at least one thing that the key may do.').waitFor()
  await looksRight(page, 'make a key')
  await tabTo(page, page.getByRole('checkbox', { name: /^projects:read/ }))
  await page.keyboard.press('Space')
  await press(page, page.getByRole('button', { name: 'Make the key' }))
  const made = page.getByRole('region', { name: 'The new key' })
  await looksRight(page, 'the new key')
  return made.getByLabel('The key CI of Billing').inputValue()
}
