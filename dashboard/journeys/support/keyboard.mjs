// Without a mouse: from one thing to the next with Tab, as somebody does who cannot or will not point.
import { eventually } from './journey.mjs'

const MOST_STEPS = 40

export const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement)

export const hasFocus = (locator) => eventually('it has the focus', () => isFocused(locator))

/** Goes on until it has the focus. What cannot be reached so is out of reach. */
export async function tabTo(page, locator) {
  await locator.waitFor()
  for (let steps = 0; !(await isFocused(locator)); steps += 1) {
    if (steps === MOST_STEPS) throw new Error(`Tab does not reach ${locator}`)
    await page.keyboard.press('Tab')
  }
}

/** In the place of what is written there. */
export async function write(page, label, text) {
  await tabTo(page, page.getByLabel(label, { exact: true }))
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

export async function press(page, locator) {
  await tabTo(page, locator)
  await page.keyboard.press('Enter')
}

/** In an open menu a letter goes to the next thing that begins with it. */
export async function pick(page, item, letter) {
  await page.keyboard.press(letter)
  await hasFocus(item)
  await page.keyboard.press('Enter')
}
