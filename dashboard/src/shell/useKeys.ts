/** The keys of a page, as long as it is shown. */
import { useEffect, useRef } from 'react'
import { createStore } from 'zustand/vanilla'
import { type Binding, isPressed, isWriting, nameOf, type Pending, resolve, type Scope } from './keys'
import { preferences } from './preferences'

interface Live {
  name: string
  bindings: { current: readonly Binding[] }
}

const shown = createStore<{ scopes: readonly Live[] }>()(() => ({ scopes: [] }))

/** All that can be pressed now, the outermost first. */
export function currentScopes(): Scope[] {
  return shown.getState().scopes.map(({ name, bindings }) => ({ name, bindings: bindings.current }))
}

/**
 * Bindings may be new at each drawing; the last ones count. `outer` ones give way to all others: what lies around a page is
 * mounted after it, so the order of mounting says nothing.
 */
export function useKeys(name: string, bindings: readonly Binding[], outer = false): void {
  const last = useRef(bindings)
  last.current = bindings
  useEffect(() => {
    const scope: Live = { name, bindings: last }
    shown.setState(({ scopes }) => ({ scopes: outer ? [scope, ...scopes] : [...scopes, scope] }))
    return () => shown.setState(({ scopes }) => ({ scopes: scopes.filter((one) => one !== scope) }))
  }, [name, outer])
}

/** Listens for the whole document. Called once, from `main.tsx`. */
export function listenForKeys(): void {
  let pending: Pending | null = null
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isWriting(event.target)) return
    // A dialog has its own keys, and what lies under it has none.
    if (document.querySelector('dialog[open]')) return
    const name = nameOf(event)
    if (!name || (name === 'Space' && isPressed(event.target))) return
    const resolved = resolve(currentScopes(), pending, name, event.timeStamp, preferences.getState().letters)
    pending = resolved.pending
    if (!resolved.binding) return
    event.preventDefault()
    resolved.binding.run(event)
  })
}
