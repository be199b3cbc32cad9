// axe, in the pages of a real browser: what parts in a test's document cannot show, contrast above all.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Gives it through the debugger's door: the policy lets no such script in. */
export async function withAxe(page) {
  await page.evaluate(`${await readFile(AXE, 'utf8')};0`)
}

/** What it finds in the page as it is painted now. */
export const faultsFound = (page) =>
  page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
  }, RULES)
