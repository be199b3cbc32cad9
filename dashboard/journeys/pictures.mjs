// The pictures of docs/pictures, of the pages as they are now: a project in the middle of its work, in both themes. Written
// only when they are asked for (`cargo xtask journeys pictures`), because times and ids make each of them another file.
import { fileURLToPath } from 'node:url'
import { seed } from './support/demo.mjs'
import { journey } from './support/journey.mjs'
import { card, column, live, visit } from './support/page.mjs'

const TASKS = ['Render the invoice', 'Write the words', 'Check the sums', 'Send it to one customer']
const FOLDER = new URL('../../docs/pictures/', import.meta.url)
const skip = process.env.OMOI_PICTURES ? false : 'OMOI_PICTURES=1 writes them'

journey(
  'the pictures are taken',
  async ({ server, browser }) => {
    const { project } = await seed(server)
    for (const colorScheme of ['light', 'dark']) {
      const { page } = await visit(browser, server, `/p/${project}/board`, { colorScheme })
      const take = (name) => picture(page, colorScheme === 'dark' ? `${name}-dark` : name)
      await live(page)
      await card(column(page, 'Implementation'), 'TKT-001').waitFor()
      await take('board')
      await card(page, 'TKT-001').click()
      // Each task is asked for by itself.
      for (const task of TASKS) await page.getByText(task).waitFor()
      await page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor()
      await take('ticket')
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Log', exact: true }).click()
      await page.locator('[data-row]').last().click()
      await page.getByRole('complementary', { name: /^Event / }).getByRole('heading', { name: 'Payload' }).waitFor()
      await take('log')
      await page.context().close()
    }
  },
  { skip },
)

async function picture(page, name) {
  // Nothing under the pointer, and letters in the fonts that they will have.
  await page.mouse.move(0, 0)
  // The menus of the head come after the first paint.
  await page.getByRole('button', { name: 'Display' }).waitFor()
  await page.getByRole('banner').getByText('Billing').waitFor()
  await page.evaluate(() => document.fonts.ready.then(() => true))
  // To hide the caret a style would be put into the page, which its policy refuses; there is none to hide.
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, FOLDER)), caret: 'initial' })
}
