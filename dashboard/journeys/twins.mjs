// What the other journeys look for, planted: each of their looks must find it. One that finds nothing would prove nothing.
import assert from 'node:assert/strict'
import { faultsFound } from './support/axe.mjs'
import { eventually, journey } from './support/journey.mjs'
import { arrangement, visit } from './support/page.mjs'

journey('what must not be is seen', async ({ server, browser }) => {
  const { id: project } = await server.post('/projects', { name: 'Billing' })
  const { position } = await server.post(`/projects/${project}/tickets`, { title: 'Send invoices by mail' })
  await server.board(project, position)
  const { page, faults } = await visit(browser, server, `/p/${project}/board`)
  await page.locator('[data-card]').waitFor()

  const plant = async (what, said, act) => {
    await page.evaluate(act)
    await eventually(`${what} is seen`, () => faults.some((fault) => said.test(fault)))
  }
  await plant('a dialog', /^a dialog: planted/, () => alert('planted'))
  await plant('an error of a script', /^an error: planted/, () => {
    setTimeout(() => {
      throw new Error('planted')
    })
  })
  await plant('an error in the console', /^in the console: planted/, () => console.error('planted'))
  await plant('an inline script', /content security policy/i, () => {
    const script = document.createElement('script')
    script.textContent = 'window.hit = 1'
    document.body.append(script)
  })
  // And the policy did what it says.
  assert.equal(await page.evaluate(() => 'hit' in window), false)

  const there = Object.values(await arrangement(page)).flat().length
  await page.evaluate(() => document.querySelector('[data-card]').removeAttribute('data-card'))
  assert.equal(Object.values(await arrangement(page)).flat().length, there - 1)

  assert.deepEqual(await faultsFound(page), [])
  await page.evaluate(() => document.querySelector('main').append(document.createElement('img')))
  assert.match((await faultsFound(page)).join(), /image-alt/)

  // Last, because it leads away. A part of the page cannot ask somebody else: the policy refuses that unasked.
  const refused = await page.evaluate(() => fetch('https://evil.example/').then(Boolean, () => 'refused'))
  assert.equal(refused, 'refused')
  await plant('a request to somebody else', /^a request to https:\/\/evil\.example/, () => {
    location.href = 'https://evil.example/'
  })
})
