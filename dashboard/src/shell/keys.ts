/**
 * Keys: which binding a stroke means, with sequences of two (`g b`) and scopes that lie over each other. Pure; the
 * document listens in `useKeys.ts`.
 */

export interface Binding {
  /** `m`, `?`, `Shift+L`, `ArrowDown`, `Escape`, `g b`. */
  keys: string
  /** For the help page. */
  does: string
  run(event?: KeyboardEvent): void
}

export interface Scope {
  name: string
  bindings: readonly Binding[]
}

export interface Stroke {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

export interface Pending {
  first: string
  at: number
}

/** A person who stops between two keys meant something else. */
const PATIENCE_MS = 1200

/** What the stroke is called in a binding; `null` for those that belong to the browser. */
export function nameOf(stroke: Stroke): string | null {
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return null
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(stroke.key)) return null
  // By its name: a sequence is parted by it.
  if (stroke.key === ' ') return 'Space'
  if (stroke.key.length > 1) return stroke.shiftKey ? `Shift+${stroke.key}` : stroke.key
  // With a letter Shift is part of the name; with `?` it only depends on the keyboard.
  if (stroke.shiftKey && stroke.key.toLowerCase() !== stroke.key.toUpperCase()) return `Shift+${stroke.key.toUpperCase()}`
  return stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key
}

/** Would the binding fire on a bare character? Those can be turned off. */
export const isLetter = (keys: string): boolean => keys.split(' ').some((key) => key.replace('Shift+', '').length === 1)

export interface Resolved {
  binding: Binding | null
  pending: Pending | null
}

/** `scopes` from the outermost to the innermost; the innermost that knows the key wins. */
export function resolve(scopes: readonly Scope[], pending: Pending | null, name: string, now: number, letters: boolean): Resolved {
  const open = pending && now - pending.at <= PATIENCE_MS ? pending.first : null
  const wanted = open ? [`${open} ${name}`, name] : [name]
  for (const keys of wanted) {
    const binding = find(scopes, keys)
    if (binding && (letters || !isLetter(keys))) return { binding, pending: null }
  }
  const begins = letters && scopes.some((scope) => scope.bindings.some(({ keys }) => keys.startsWith(`${name} `)))
  return { binding: null, pending: begins ? { first: name, at: now } : null }
}

function find(scopes: readonly Scope[], keys: string): Binding | null {
  for (const scope of scopes.toReversed()) {
    const found = scope.bindings.find((binding) => binding.keys === keys)
    if (found) return found
  }
  return null
}

/** Does Space press what has the focus? Then it is no key of the page. */
export const isPressed = (target: EventTarget | null): boolean => /^(BUTTON|A|SUMMARY|INPUT)$/.test((target as { tagName?: string } | null)?.tagName ?? '')

/** Is somebody writing there? Then keys are letters. */
export function isWriting(target: EventTarget | null): boolean {
  const element = target as { tagName?: string; isContentEditable?: boolean; type?: string } | null
  if (!element?.tagName) return false
  if (element.isContentEditable) return true
  if (element.tagName === 'INPUT') return !['checkbox', 'radio', 'button', 'submit'].includes(element.type ?? 'text')
  return element.tagName === 'TEXTAREA' || element.tagName === 'SELECT'
}
