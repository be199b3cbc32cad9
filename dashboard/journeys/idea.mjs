// From an idea to work, in the browser, with a model beside the server: it is written down, planned as one looks on, asked about,
// sent back, changed and approved. Then one whose budget is too small. Words of people are hostile.
import assert from 'node:assert/strict'
import { looksRight } from './support/axe.mjs'
import { eventually, journey } from './support/journey.mjs'
import { card, live, visit } from './support/page.mjs'

const TITLE = '"><script>window.hit=1</script> Invoices by mail'
const IDEA = `As a customer I want each invoice as a PDF by mail, so that I can file it.
Remind whoever has not paid for thirty days <img src=x onerror="window.hit=1">, so that nobody is forgotten.
An accountant exports all invoices of a month as one file.`
const REASON = 'Say what happens when <img src=x onerror="window.hit=1"> a mail cannot be delivered.'
// A dollar for a million tokens that are read, ten for those that are written: a call counts with 16 cents and a little.
const model = { pace: 3, price: '1000000/10000000' }

journey(
  'an idea becomes a plan, and the plan work',
  async ({ server, browser }) => {
    const { id: project } = await server.post('/projects', { name: 'Billing' })
    const { page, faults } = await visit(browser, server, `/p/${project}`)
    await page.getByRole('heading', { name: 'No spec yet' }).waitFor()
    await live(page)
    await submit(page, { title: TITLE, idea: IDEA })

    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor()
    await itFillsIn(page)
    await answerAll(page)
    await sendBackAndApprove(page)
    await changeAndApprove(page)
    await theWorkIsOnTheBoard(page)

    assert.equal(await page.evaluate(() => 'hit' in window), false)
    assert.equal(await page.locator('main img:not([alt^="Diagram"]), main script').count(), 0)
    assert.deepEqual(faults, [])
  },
  { model },
)

journey(
  'a budget that is too small halts, and a larger one goes on',
  async ({ server, browser }) => {
    const { id: project } = await server.post('/projects', { name: 'Billing' })
    const { page, faults } = await visit(browser, server, `/p/${project}`)
    await page.getByRole('heading', { name: 'No spec yet' }).waitFor()
    await live(page)
    await submit(page, { idea: IDEA, budget: '0.05', gates: 'auto' })

    const halted = page.getByRole('region', { name: 'Halted' })
    await halted.getByText(/before exploration: the budget is too small$/).waitFor()
    await halted.getByText('could cost more than the $0.05 that are left.').waitFor()
    await halted.getByText(/the longest answer that the model may give, which is 16,000 tokens/).waitFor()
    await looksRight(page, 'halted')

    // What it says is enough for the next call is, and for no more.
    const said = await halted.getByText(/is enough for it/).textContent()
    await raise(page, halted, said.match(/a budget of \$([\d.]+) is enough/)[1])
    await halted.getByText(/before product requirements/).waitFor({ timeout: 60_000 })

    await raise(page, halted, '5')
    await page.getByRole('link', { name: 'Ticket TKT-001' }).waitFor({ timeout: 90_000 })
    await page.getByText('Planned', { exact: true }).waitFor()
    await page.getByText(/^Models cost \$0\.\d\d of \$5\.00$/).waitFor()
    assert.equal(await halted.count(), 0)
    assert.deepEqual(faults, [])
  },
  { model: { ...model, pace: 0 } },
)

async function submit(page, { title, idea, budget, gates = 'review' }) {
  await page.keyboard.press('n')
  const asks = page.getByRole('dialog', { name: 'New spec' })
  // It opens where one writes.
  await asks.getByLabel('The idea, in your words').waitFor()
  await page.keyboard.insertText(idea)
  if (title) await asks.getByLabel('Title').fill(title)
  await asks.getByLabel('Gates').selectOption(gates)
  const money = asks.getByLabel('What the model calls may cost, in dollars')
  if (budget) await money.fill(budget)
  await asks.getByText(/16,000 tokens/).waitFor()
  await looksRight(page, 'new spec')
  await asks.getByRole('button', { name: 'Submit' }).click()
}

const phases = (page) => page.getByRole('region', { name: 'Phases' })
const gate = (page, what) => page.getByRole('region', { name: `Gate: the ${what}` })

/** Sections come one by one, while nobody reads the page again. */
async function itFillsIn(page) {
  const seen = new Set()
  await eventually('it grows before the eyes', async () => {
    const said = await phases(page).getByText(/^Written so far: /).textContent({ timeout: 5_000 })
    seen.add(said.split(',').length)
    return seen.size >= 3
  })
}

async function answerAll(page) {
  const questions = page.getByRole('region', { name: 'Questions' })
  await questions.getByText(/^0 of \d+ answered/).waitFor()
  await looksRight(page, 'questions')
  const all = await questions.getByRole('textbox').count()
  assert.ok(all > 1, 'nothing was asked')
  for (let number = 1; number <= all; number += 1) {
    const answer = questions.getByLabel(`Answer to question ${number}`, { exact: true })
    await answer.fill(`Whoever keeps the books decides; answer ${number}.`)
    await answer.press('Tab')
    await page.keyboard.press('Enter')
    await answer.waitFor({ state: 'detached' })
  }
  await questions.getByText(`${all} of ${all} answered`).waitFor()
}

/** The reason is shown while the next attempt is written, and stays with the attempt that it was about. */
async function sendBackAndApprove(page) {
  await gate(page, 'requirements').waitFor({ timeout: 60_000 })
  await looksRight(page, 'gate')
  await gate(page, 'requirements').getByRole('button', { name: 'Reject …' }).click()
  await gate(page, 'requirements').getByLabel('What is wrong').fill(REASON)
  await looksRight(page, 'reject')
  await gate(page, 'requirements').getByRole('button', { name: 'Reject', exact: true }).click()

  await page.getByText('Writes requirements, attempt 2').waitFor()
  await phases(page).getByText(`Sent back before, because: ${REASON}`).waitFor()
  await gate(page, 'requirements').waitFor({ timeout: 60_000 })
  await page.locator('summary', { hasText: '2 attempts' }).click()
  const first = phases(page).getByRole('region', { name: 'Attempt 1' })
  await first.getByText('sent back').waitFor()
  await first.getByText(REASON).waitFor()
  await phases(page).getByRole('region', { name: 'Attempt 2' }).getByText('passed', { exact: true }).waitFor()
  await looksRight(page, 'attempts')
  await gate(page, 'requirements').getByRole('button', { name: 'Approve' }).click()
}

/** The design by hand: one sentence is another one. What is approved is what stands there then. */
async function changeAndApprove(page) {
  await gate(page, 'design').waitFor({ timeout: 60_000 })
  await page.getByRole('img', { name: /^Diagram/ }).waitFor()
  await gate(page, 'design').getByRole('button', { name: 'Edit …' }).click()
  const asks = page.getByRole('dialog', { name: 'Edit the design' })
  const box = asks.getByLabel(/as JSON/)
  const content = JSON.parse(await box.inputValue())
  const overview = `Letters are posted by hand. ${content.architecture_overview}`
  await box.fill(JSON.stringify({ ...content, architecture_overview: overview }))
  await looksRight(page, 'edit')
  await asks.getByRole('button', { name: 'Put it in its place' }).click()
  await asks.waitFor({ state: 'detached' })
  await page.getByRole('region', { name: 'Design', exact: true }).getByText(/^Letters are posted by hand\./).waitFor()
  await gate(page, 'design').getByRole('button', { name: 'I read the new one' }).click()
  await gate(page, 'design').getByRole('button', { name: 'Approve' }).click()
}

async function theWorkIsOnTheBoard(page) {
  await page.getByRole('link', { name: 'Ticket TKT-001' }).waitFor({ timeout: 60_000 })
  await page.getByText('Planned', { exact: true }).waitFor()
  await page.getByRole('list', { name: 'Critical path' }).getByRole('link').first().waitFor()
  await page.getByRole('region', { name: 'Coverage matrix' }).waitFor()
  await looksRight(page, 'planned')
  await page.getByRole('article').getByRole('link', { name: 'Board' }).click()
  await card(page, 'TKT-001').waitFor()
}

async function raise(page, halted, to) {
  await halted.getByRole('button', { name: 'Raise the budget …' }).click()
  const asks = page.getByRole('dialog', { name: 'Let planning go on' })
  await asks.getByLabel('What all its model calls may cost together, in dollars').fill(to)
  await asks.getByRole('button', { name: 'Resume' }).click()
  await asks.waitFor({ state: 'detached' })
}
