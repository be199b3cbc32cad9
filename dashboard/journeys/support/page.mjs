// The pages as a person has them: opened with a key, found by what is read aloud, moved by mouse.
import { eventually } from './journey.mjs'
import { PASSWORD } from './people.mjs'

/**
 * Opens an address in a profile of its own, with the operator's key. `faults` gathers what must never happen there: dialogs, errors
 * of scripts, refusals of the policy, requests to somebody else.
 */
export async function visit(browser, server, path = '/', options = {}) {
  const { page, faults } = await open(browser, server, `/sign-in?${new URLSearchParams({ with: 'key', to: path })}`, options)
  await page.getByLabel('Key', { exact: true }).fill(server.bearer)
  await page.getByRole('button', { name: 'Open' }).click()
  await shown(page)
  return { page, faults }
}

/** The same as a person, who signs in. */
export async function visitAs(person, browser, server, path = '/', options = {}) {
  const { page, faults } = await open(browser, server, `/sign-in?${new URLSearchParams({ to: path })}`, options)
  await signIn(page, person)
  return { page, faults }
}

export async function signIn(page, { email }, password = PASSWORD) {
  await page.getByLabel('Mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await shown(page)
}

/** Somebody is let in. */
export const shown = (page) => page.getByRole('navigation', { name: 'Pages' }).waitFor()

/** As nobody yet. */
export async function open(browser, server, path, options = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    // All columns of the usual board.
    viewport: { width: 1600, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  const faults = watch(page, server.url)
  await page.goto(path)
  return { page, faults }
}

function watch(page, own) {
  const faults = []
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => faults.push(`an error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    if (/content security policy/i.test(text)) faults.push(text)
    // A part of the page that broke says so here. What a server refuses, or that there is none, is no fault of the page.
    else if (message.type() === 'error' && !/^(Failed to load resource|WebSocket connection)/.test(text)) faults.push(`in the console: ${text}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${own}/`) && !url.startsWith('data:')) faults.push(`a request to ${url}`)
  })
  return faults
}

/** Waits until what happens elsewhere is shown as it happens. */
export const live = (page) => page.getByRole('button', { name: /^LIVE/ }).waitFor({ timeout: 60_000 })

export const column = (page, title) => page.getByRole('region', { name: new RegExp(`^${title}, `) })

/** A card, in a column or on the whole page. */
export const card = (within, number) => within.getByRole('link', { name: new RegExp(`^${number} `) })

/** Waits until the log says that it stands there: until then its name says that it is moving. */
export const stands = (page, number, title) =>
  column(page, title)
    .getByRole('link', { name: new RegExp(`^${number} (?!.*, moving)`) })
    .waitFor()

/** With the mouse, as a hand does it: in steps, and held a moment over the place. */
export async function drag(page, from, to) {
  // Dragging is fetched after the board is drawn.
  await page.locator('[draggable="true"]').first().waitFor()
  const [start, end] = [await centre(from), await centre(to)]
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move(start.x + 8, start.y + 8, { steps: 4 })
  await page.mouse.move(end.x, end.y, { steps: 12 })
  await page.mouse.move(end.x + 2, end.y + 2)
  await page.mouse.up()
}

async function centre(locator) {
  const { x, y, width, height } = await eventually('it is drawn', () => locator.boundingBox())
  return { x: x + width / 2, y: y + height / 2 }
}

/** The ids of the cards of each column, top to bottom. */
export const arrangement = (page) =>
  page.locator('main section[aria-label]').evaluateAll((columns) =>
    Object.fromEntries(
      columns.map((section) => [
        section.querySelector('h2')?.textContent,
        [...section.querySelectorAll('[data-card]')].map((link) => link.dataset.card),
      ]),
    ),
  )

/** The positions of the rows of the log that are drawn, in their order. */
export const positions = (page) =>
  page.locator('[data-row] time').evaluateAll((times) => times.map((time) => Number(/^#(\d+)/.exec(time.title)?.[1])))
