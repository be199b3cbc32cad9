// axe, in the pages of a real browser: what parts in a test's document cannot show, contrast above all.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** It finds nothing, in both themes. The page ends in the one in which it began. */
export async function looksRight(page, name) {
  const begun = await page.locator('html').getAttribute('data-theme')
  const other = begun === 'dark' ? 'light' : 'dark'
  assert.deepEqual(await faultsFound(page), [], `${name}, ${begun}`)
  await wear(page, other)
  // All else is the same in another colour.
  assert.deepEqual(await faultsFound(page, ['color-contrast']), [], `${name}, ${other}`)
  await wear(page, begun)
}

async function wear(page, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor()
}

/** What it finds in the page as it is painted now. It comes through the debugger's door: the policy lets no such script in. */
export async function faultsFound(page, rules = RULES) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${await readFile(AXE, 'utf8')};0`)
  return page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
  }, rules)
}
