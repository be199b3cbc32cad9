// A password is forgotten, chosen anew by mail, and changed: each time whoever else was signed in is out. Who guesses waits.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { press, write } from './support/keyboard.mjs'
import { linkIn } from './support/mail.mjs'
import { open, shown, visitAs } from './support/page.mjs'
import { Client } from './support/client.mjs'
import { PASSWORD, Person } from './support/people.mjs'

const [SECOND, THIRD] = ['a second one, long enough', 'a third one, long enough']

journey('a forgotten password is chosen anew, and changed later', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  const elsewhere = await visitAs(ada, browser, server, '/account/password')
  const { page, faults } = await open(browser, server, '/sign-in')

  await write(page, 'Mail address', ada.email)
  await write(page, 'Password', 'what was it again?')
  await page.keyboard.press('Enter')
  await page.getByText('Address and password do not belong together.').waitFor()
  await press(page, page.getByRole('link', { name: 'Forgot the password' }))
  assert.equal(await page.getByLabel('Mail address').inputValue(), ada.email)
  await looksRight(page, 'forgot')
  await press(page, page.getByRole('button', { name: 'Send the link' }))
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()

  const link = await linkIn(server, ada.email, 'reset')
  await page.goto(link)
  await write(page, 'New password', SECOND)
  await looksRight(page, 'reset')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The password is changed' }).waitFor()
  await isOut(elsewhere.page)
  await page.goto(link)
  await write(page, 'New password', THIRD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'This link is over' }).waitFor()

  await again(elsewhere.page, ada, SECOND)
  await page.goto('/sign-in?to=/account/password')
  await again(page, ada, SECOND)
  await change(page)
  await isOut(elsewhere.page)
  await again(elsewhere.page, ada, THIRD)
  assert.deepEqual([...faults, ...elsewhere.faults], [])
})

journey('who tries passwords too often reads how long to wait', async ({ server, browser }) => {
  const { page, faults } = await open(browser, server, '/sign-in')
  const guess = { email: 'eve@example.org', password: 'open, sesame' }
  const anybody = new Client(server.url)
  const answers = new Set()
  while (!answers.has(429)) {
    answers.add(await anybody.status('POST', '/auth/login', guess))
    assert.ok([...answers].every((status) => status === 401 || status === 429), [...answers].join())
  }
  await write(page, 'Mail address', guess.email)
  await write(page, 'Password', guess.password)
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText(/^Too many tries\. Try again in \d+ (seconds|minutes)\.$/).waitFor()
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), guess.password)
  await looksRight(page, 'too many tries')
  assert.deepEqual(faults, [])
})

async function change(page) {
  await write(page, 'Password of now', PASSWORD)
  await write(page, 'New password', THIRD)
  await page.keyboard.press('Enter')
  await page.getByText('This is not your password.').waitFor()
  await looksRight(page, 'change')
  await write(page, 'Password of now', SECOND)
  await press(page, page.getByRole('button', { name: /^Change it/ }))
  await page.getByText('all other sessions have ended').waitFor()
}

/** Without anybody doing anything there. */
const isOut = (page) => page.getByText('Your session has ended.').waitFor({ timeout: 5_000 })

async function again(page, { email }, password) {
  await write(page, 'Mail address', email)
  await write(page, 'Password', password)
  await page.keyboard.press('Enter')
  await shown(page)
  await page.getByRole('heading', { level: 1, name: 'Password' }).waitFor()
}
