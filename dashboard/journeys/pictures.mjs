// The pictures of docs/pictures, of the pages as they are now: a project in the middle of its work, in both themes. Written
// only when they are asked for (`cargo xtask journeys pictures`), because times and ids make each of them another file.
import { fileURLToPath } from 'node:url'
import { seed } from './support/demo.mjs'
import { furnish } from './support/house.mjs'
import { eventually, journey } from './support/journey.mjs'
import { card, column, live, open, signIn, visit } from './support/page.mjs'

const TASKS = ['Render the invoice', 'Write the words', 'Check the sums', 'Send it to one customer']
const FOLDER = new URL('../../docs/pictures/', import.meta.url)
const skip = process.env.OMOI_PICTURES ? false : 'OMOI_PICTURES=1 writes them'

journey(
  'the pictures are taken',
  async ({ server, browser }) => {
    const { project } = await seed(server)
    const spec = await planned(server)
    const owner = await furnish(server)
    for (const colorScheme of ['light', 'dark']) {
      const { page } = await visit(browser, server, `/p/${project}/board`, { colorScheme })
      const take = taker(page, colorScheme)
      await live(page)
      await card(column(page, 'Implementation'), 'TKT-001').waitFor()
      await inShell(page, 'Billing')
      await take('board')
      await card(page, 'TKT-001').click()
      // Each task is asked for by itself.
      for (const task of TASKS) await page.getByText(task).waitFor()
      await page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor()
      await inShell(page, 'Billing')
      await take('ticket')
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Log', exact: true }).click()
      await page.locator('[data-row]').last().click()
      await page.getByRole('complementary', { name: /^Event / }).getByRole('heading', { name: 'Payload' }).waitFor()
      await inShell(page, 'Billing')
      await take('log')
      await page.context().close()
      await pictureOfPlan(browser, server, spec, colorScheme)
      await picturesOfPeople(browser, server, owner, colorScheme)
    }
  },
  { skip, model: { price: '2000000/10000000' } },
)

const IDEA = `As a customer I want each invoice as a PDF by mail, so that I can file it.
Remind whoever has not paid for thirty days, so that nobody is forgotten.
An accountant exports all invoices of a month as one file, so that the tax adviser needs no account.`
const ANSWER = 'Whoever keeps the books reads all of them; nobody deletes one.'

/** An idea that was asked about, approved twice, and became work. */
async function planned(server) {
  const { id: project } = await server.post('/projects', { name: 'Invoices' })
  const { id } = await server.post(`/projects/${project}/specs`, { title: 'Invoices by mail', idea: IDEA, gates: 'review', budget: 5_000_000 })
  const at = (status) =>
    eventually(`the spec is ${status}`, async () => {
      const spec = await server.get(`/specs/${id}`)
      return spec.status === status && spec
    }, 60_000)
  for (const { question } of (await at('awaiting_answers')).questions) await server.post(`/specs/${id}/answers`, { question, text: ANSWER })
  for (const gate of ['requirements', 'design']) {
    await eventually(`${gate} wait`, async () => (await server.get(`/specs/${id}`)).gate === gate, 60_000)
    const { content_hash } = await at('awaiting_approval')
    await server.post(`/specs/${id}/approve`, { gate, content_hash })
  }
  await at('planned')
  return { project, id }
}

async function pictureOfPlan(browser, server, { project, id }, colorScheme) {
  const { page } = await visit(browser, server, `/p/${project}/specs/${id}`, { colorScheme })
  await live(page)
  await page.getByRole('link', { name: /^Ticket TKT-/ }).first().waitFor({ timeout: 60_000 })
  await page.getByRole('img', { name: /^Diagram/ }).waitFor()
  await inShell(page, 'Invoices')
  await taker(page, colorScheme)('spec')
  await page.context().close()
}

async function picturesOfPeople(browser, server, owner, colorScheme) {
  const { page } = await open(browser, server, '/sign-in?to=/organization/members', { colorScheme })
  const take = taker(page, colorScheme)
  await page.getByLabel('Mail address').waitFor()
  await still(page)
  await take('sign-in')
  await signIn(page, owner)
  await page.getByText('barbara.liskov@example.org').waitFor()
  await inShell(page, 'Acme')
  await take('members')
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Keys' }).click()
  await page.getByText('only Billing').waitFor()
  await inShell(page, 'Acme')
  await take('keys')
  await page.context().close()
}

const taker = (page, colorScheme) => (name) => picture(page, colorScheme === 'dark' ? `${name}-dark` : name)

/** The menus of the head come after the first paint. */
async function inShell(page, named) {
  await page.getByRole('button', { name: 'Display' }).waitFor()
  await page.getByRole('banner').getByText(named).waitFor()
  await still(page)
}

/** Nothing under the pointer, and letters in the fonts that they will have. */
async function still(page) {
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.fonts.ready.then(() => true))
}

async function picture(page, name) {
  // To hide the caret a style would be put into the page, which its policy refuses.
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, FOLDER)), caret: 'initial' })
}
