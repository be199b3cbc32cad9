/** What a person chose for this browser. `public/theme.js` reads the same before the first paint. */
import { createStore } from 'zustand/vanilla'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'regular' | 'relaxed'

export const THEMES: readonly Theme[] = ['system', 'light', 'dark']
export const DENSITIES: readonly Density[] = ['compact', 'regular', 'relaxed']

export interface Preferences {
  theme: Theme
  density: Density
  /** The navigation shows icons only. */
  folded: boolean
  /** Keys without a modifier act. Off for those whose speech or switch input sends stray letters (WCAG 2.1.4). */
  letters: boolean
}

const USUAL: Preferences = { theme: 'system', density: 'regular', folded: false, letters: true }
const NAME = 'omoi.preferences'

/** What was kept, as far as it makes sense. */
export function readPreferences(text: string | null): Preferences {
  let kept: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(text ?? '{}')
    if (typeof parsed === 'object' && parsed !== null) kept = parsed as Record<string, unknown>
  } catch {
    // Something else wrote there; the usual is right then.
  }
  return {
    theme: THEMES.find((theme) => theme === kept['theme']) ?? USUAL.theme,
    density: DENSITIES.find((density) => density === kept['density']) ?? USUAL.density,
    folded: kept['folded'] === true,
    letters: kept['letters'] !== false,
  }
}

const storage = (): Storage | null => {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

export const preferences = createStore<Preferences>()(() => readPreferences(storage()?.getItem(NAME) ?? null))

export function choose(choice: Partial<Preferences>): void {
  preferences.setState(choice)
  try {
    storage()?.setItem(NAME, JSON.stringify(preferences.getState()))
  } catch {
    // Full or forbidden: the choice holds until the page is closed.
  }
}

/** Keeps the document as chosen, also when the system changes its mind. Called once, from `main.tsx`. */
export function applyPreferences(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const { theme, density } = preferences.getState()
    const dark = theme === 'dark' || (theme === 'system' && system.matches)
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
    document.documentElement.dataset['density'] = density
  }
  preferences.subscribe(apply)
  system.addEventListener('change', apply)
  apply()
}

/** The heights that virtual lists reckon with, in pixels; the same as in tokens.css. */
export const ROW: Record<Density, number> = { compact: 28, regular: 34, relaxed: 40 }
export const CARD: Record<Density, number> = { compact: 64, regular: 74, relaxed: 84 }
