// A colleague is invited, joins, works along, may only look on, and is removed: each shows on the colleague's page by itself.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { eventually, journey } from './support/journey.mjs'
import { pick, press, write } from './support/keyboard.mjs'
import { linkIn } from './support/mail.mjs'
import { card, column, live, open, shown, signIn, visitAs } from './support/page.mjs'
import { PASSWORD, Person } from './support/people.mjs'

const BOB = 'bob@example.org'
/** Of what was taken away, nothing works longer. */
const SOON = { timeout: 5_000 }

journey('a colleague is invited, joins, and works along', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  await ada.found('Acme')
  const { id: project } = await ada.post('/projects', { name: 'Billing' })
  const owner = await visitAs(ada, browser, server, '/organization/members')
  await invite(owner.page, BOB)
  await looksRight(owner.page, 'members')

  const invitation = await linkIn(server, BOB, 'invitation')
  const { page, faults } = await open(browser, server, invitation)
  await join(server, page, invitation)
  await page.getByRole('link', { name: 'Billing' }).click()
  await live(page)
  await ada.post(`/projects/${project}/tickets`, { title: 'Send invoices by mail' })
  await card(column(page, 'Backlog'), 'TKT-001').waitFor()

  await otherAddress(server, owner.page, page)
  assert.deepEqual([...owner.faults, ...faults], [])
})

journey('a member may only look, and is removed', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  const bob = await Person.register(server, 'Bob')
  await ada.take(server, await ada.found('Acme'), bob, 'member')
  const { id: project } = await ada.post('/projects', { name: 'Billing' })
  await ada.post(`/projects/${project}/tickets`, { title: 'Send invoices by mail' })
  const owner = await visitAs(ada, browser, server, '/organization/members')
  const { page, faults } = await open(browser, server, '/sign-in')
  let socket
  page.on('websocket', (opened) => (socket = opened))
  await signIn(page, bob)
  await page.getByRole('link', { name: 'Billing' }).click()
  await live(page)
  await page.getByRole('button', { name: 'New ticket' }).waitFor()
  await chooseRole(owner.page, 'Viewer')
  await page.getByText('You are a viewer in Acme').waitFor(SOON)
  assert.equal(await page.getByRole('button', { name: 'New ticket' }).count(), 0)
  await looksRight(page, 'a board to look at')
  await card(page, 'TKT-001').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await page.getByRole('region', { name: 'Notes' }).getByText('TKT-001 stays in Backlog.').waitFor()

  const held = socket
  assert.equal(held.isClosed(), false)
  await press(owner.page, owner.page.getByRole('button', { name: 'Remove Bob' }))
  await press(owner.page, owner.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }))
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor(SOON)
  await page.getByRole('region', { name: 'Notes' }).getByText('You are no longer in Acme.').waitFor(SOON)
  await eventually('the socket is closed', () => held.isClosed(), SOON.timeout)
  assert.equal(await page.getByText('Billing').count(), 0)
  await looksRight(page, 'removed')
  assert.deepEqual([...owner.faults, ...faults], [])
})

async function invite(page, address) {
  await write(page, 'Mail address', address)
  await page.keyboard.press('Enter')
  await page.getByText(`An invitation to ${address} is on its way.`).waitFor()
}

/** Registers on the way, as nobody of that address is here yet. */
async function join(server, page, invitation) {
  await page.getByRole('heading', { name: 'Join Acme' }).waitFor()
  await looksRight(page, 'invitation')
  await press(page, page.getByRole('link', { name: 'Register' }))
  assert.equal(await page.getByLabel('Mail address').inputValue(), BOB)
  await write(page, 'Name', 'Bob')
  await write(page, 'Password', PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByText(`A message to ${BOB} is on its way.`).waitFor()
  await page.goto(await linkIn(server, BOB, 'verify'))
  await write(page, 'Password', PASSWORD)
  await page.keyboard.press('Enter')
  await shown(page)
  await page.goto(invitation)
  await press(page, page.getByRole('button', { name: 'Join as a member' }))
  await page.getByRole('button', { name: 'Organization Acme' }).waitFor()
  await page.goto(invitation)
  await page.getByRole('heading', { name: 'This invitation is over' }).waitFor()
  await looksRight(page, 'invitation, over')
  await press(page, page.getByRole('link', { name: 'To the projects' }))
}

async function otherAddress(server, ownerPage, page) {
  await invite(ownerPage, 'eve@example.org')
  await page.goto(await linkIn(server, 'eve@example.org', 'invitation'))
  await page.getByText(`You are signed in as ${BOB}. The invitation is for eve@example.org`).waitFor()
  await looksRight(page, 'invitation of another address')
}

async function chooseRole(page, word) {
  await press(page, page.getByRole('button', { name: 'Member: role of Bob' }))
  const item = page.getByRole('menuitemradio', { name: word })
  await item.waitFor()
  await looksRight(page, 'roles')
  await pick(page, item, word[0])
}
