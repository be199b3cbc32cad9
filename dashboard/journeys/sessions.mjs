// One person, three browsers: one ends another, and then all others. Who was ended is asked to sign in, without a reload.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { journey } from './support/journey.mjs'
import { press } from './support/keyboard.mjs'
import { visitAs } from './support/page.mjs'
import { Person } from './support/people.mjs'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'

journey('a session ends another one, and then all others', async ({ server, browser }) => {
  const ada = await Person.register(server, 'Ada')
  await ada.found('Acme')
  const firefox = await visitAs(ada, browser, server, '/', { userAgent: FIREFOX })
  const safari = await visitAs(ada, browser, server, '/', { userAgent: SAFARI })
  const { page, faults } = await visitAs(ada, browser, server, '/account/sessions')

  await page.getByText('This one').waitFor()
  await looksRight(page, 'sessions')
  await press(page, page.getByRole('button', { name: 'End the session of Firefox on Linux' }))
  const asks = page.getByRole('dialog', { name: 'End the session of Firefox on Linux?' })
  await looksRight(page, 'the question')
  await press(page, asks.getByRole('button', { name: 'End it' }))
  await isOut(firefox.page)
  await asks.waitFor({ state: 'detached' })

  await press(page, page.getByRole('button', { name: 'End all others (2)' }))
  await press(page, page.getByRole('button', { name: 'End them' }))
  await isOut(safari.page)
  await page.getByText('You are signed in nowhere else.').waitFor()
  assert.equal(await ada.status('GET', '/auth/me'), 401)
  assert.deepEqual([...faults, ...firefox.faults, ...safari.faults], [])
})

const isOut = (page) => page.getByText('Your session has ended.').waitFor({ timeout: 5_000 })
