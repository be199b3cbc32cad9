/** Contrast of text and marks on every surface, reckoned from the tokens themselves. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

type Tokens = Record<string, number>

function luminances(selector: RegExp): Tokens {
  const block = selector.exec(css)?.[1] ?? ''
  const found = [...block.matchAll(/--([\w-]+):\s*oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)]
  return Object.fromEntries(found.map(([, name, l, c, h]) => [name, luminance(Number(l), Number(c), Number(h))]))
}

/** OKLCH to linear sRGB, as far as sRGB reaches, to relative luminance. */
function luminance(lightness: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: number, other: number) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)

const TEXT = ['ink', 'ink-2', 'ink-3', 'st-queued', 'st-running', 'st-waiting', 'st-blocked', 'st-failed', 'st-done', 'st-guardian']

describe.each([
  ['light', /\[data-theme='light'\] \{([^}]*)\}/],
  ['dark', /\[data-theme='dark'\] \{([^}]*)\}/],
])('%s', (_, selector) => {
  const tokens = luminances(selector)
  test.each(['paper', 'raised', 'sunk'])('everything can be read on %s', (surface) => {
    for (const name of TEXT) expect.soft(contrast(tokens[name]!, tokens[surface]!), name).toBeGreaterThanOrEqual(4.5)
    expect.soft(contrast(tokens['line-strong']!, tokens[surface]!), 'line-strong').toBeGreaterThanOrEqual(3)
  })
  test('the past can be read', () => {
    expect(contrast(tokens['past']!, tokens['past-ink']!)).toBeGreaterThanOrEqual(4.5)
  })
})
