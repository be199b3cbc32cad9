// A new person, by keys alone: registers, confirms by mail, founds an organization, and gets to work. On the way it goes
// wrong as it does: a weak password, a server that is gone, a password that is another one, a link that was used.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { press, write } from './support/keyboard.mjs'
import { linkIn } from './support/mail.mjs'
import { card, column, open, shown, visitAs } from './support/page.mjs'
import { PASSWORD, Person } from './support/people.mjs'

const ADA = 'ada@example.org'

journey('somebody registers, without a mouse', async ({ server, browser }) => {
  const { page, faults } = await open(browser, server, '/')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await looksRight(page, 'sign in')
  await press(page, page.getByRole('link', { name: 'Register' }))
  await fillIn(page)
  await looksRight(page, 'sent')

  const link = await linkIn(server, ADA, 'verify')
  await page.goto(link)
  await write(page, 'Password', 'another one of some length')
  await page.keyboard.press('Enter')
  await page.getByText('This is not the password that was chosen').waitFor()
  await looksRight(page, 'confirm')
  await write(page, 'Password', PASSWORD)
  await page.keyboard.press('Enter')
  await shown(page)
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor()
  await looksRight(page, 'nowhere')

  await page.goto(link)
  await page.reload()
  await page.getByRole('heading', { name: 'The link is missing' }).waitFor()
  await page.goto(link)
  await write(page, 'Password', PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'This link is over' }).waitFor()
  await looksRight(page, 'over')
  assert.deepEqual(faults, [])

  async function fillIn(page) {
    await write(page, 'Name', 'Ada Lovelace')
    await write(page, 'Mail address', ADA)
    await write(page, 'Password', 'short')
    await page.keyboard.press('Enter')
    await page.getByText('Use at least 12 characters').waitFor()
    await write(page, 'Password', 'password1234')
    await page.keyboard.press('Enter')
    await page.getByText(/guess|common/i).waitFor()
    await looksRight(page, 'register')

    await server.kill()
    await write(page, 'Password', PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor()
    await server.startAgain()
    // What was written is still there.
    await press(page, page.getByRole('button', { name: 'Register', exact: true }))
    await page.getByText(`A message to ${ADA} is on its way.`).waitFor()
  }
})

journey('somebody who has just come gets to work, without a mouse', async ({ server, browser }) => {
  const { page, faults } = await visitAs(await Person.register(server, 'Ada'), browser, server)
  await press(page, page.getByRole('main').getByRole('button', { name: 'New organization' }))
  await write(page, 'Name', 'Acme')
  await looksRight(page, 'new organization')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'No project yet' }).waitFor()
  await page.getByRole('button', { name: 'Organization Acme' }).waitFor()

  await press(page, page.getByRole('button', { name: 'New project' }))
  await write(page, 'Name', 'Billing')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'No ticket yet' }).waitFor()
  await page.keyboard.press('n')
  await write(page, 'Title', 'Send invoices by mail')
  await page.keyboard.press('Enter')
  await card(column(page, 'Backlog'), 'TKT-001').waitFor()
  assert.deepEqual(faults, [])
})
