import { expect, test } from 'vitest'
import { type Binding, isPressed, isWriting, nameOf, type Pending, resolve, type Scope } from './keys'

const binding = (keys: string): Binding => ({ keys, does: keys, run: () => {} })
const page: Scope = { name: 'Everywhere', bindings: [binding('?'), binding('g b'), binding('g l'), binding('Shift+L'), binding('Escape')] }
const board: Scope = { name: 'Board', bindings: [binding('m'), binding('l'), binding('ArrowDown'), binding('Escape')] }
const stroke = (key: string, also = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...also })
const meant = (scopes: Scope[], names: string[], step = 100, letters = true) => {
  let pending: Pending | null = null
  const run: string[] = []
  names.forEach((name, index) => {
    const resolved = resolve(scopes, pending, name, index * step, letters)
    pending = resolved.pending
    if (resolved.binding) run.push(resolved.binding.keys)
  })
  return run
}

test('strokes have names', () => {
  expect(nameOf(stroke('m'))).toBe('m')
  expect(nameOf(stroke('M'))).toBe('m')
  expect(nameOf(stroke('L', { shiftKey: true }))).toBe('Shift+L')
  expect(nameOf(stroke('?', { shiftKey: true }))).toBe('?')
  expect(nameOf(stroke('ArrowLeft', { shiftKey: true }))).toBe('Shift+ArrowLeft')
  expect(nameOf(stroke(' '))).toBe('Space')
  expect(nameOf(stroke('b', { ctrlKey: true }))).toBeNull()
  expect(nameOf(stroke('Shift', { shiftKey: true }))).toBeNull()
})

test('two keys in a row are one order', () => {
  expect(meant([page], ['g', 'b'])).toEqual(['g b'])
  expect(meant([page, board], ['g', 'l'])).toEqual(['g l'])
  expect(meant([page, board], ['l'])).toEqual(['l'])
})

test('who waits too long, or goes astray, meant the second key alone', () => {
  expect(meant([page, board], ['g', 'l'], 2000)).toEqual(['l'])
  expect(meant([page, board], ['g', 'm'])).toEqual(['m'])
})

test('the innermost scope wins', () => {
  expect(resolve([page, board], null, 'Escape', 0, true).binding).toBe(board.bindings[3])
  expect(resolve([page], null, 'Escape', 0, true).binding).toBe(page.bindings[4])
})

test('single letters can be turned off; other keys stay', () => {
  expect(meant([page, board], ['g', 'b', 'm', '?', 'Shift+L'], 100, false)).toEqual([])
  expect(meant([page, board], ['ArrowDown', 'Escape'], 100, false)).toEqual(['ArrowDown', 'Escape'])
})

test('no key acts while somebody writes', () => {
  expect(isWriting({ tagName: 'INPUT', type: 'text' } as never)).toBe(true)
  expect(isWriting({ tagName: 'TEXTAREA' } as never)).toBe(true)
  expect(isWriting({ tagName: 'INPUT', type: 'checkbox' } as never)).toBe(false)
  expect(isWriting({ tagName: 'LI' } as never)).toBe(false)
  expect(isWriting(null)).toBe(false)
})

test('Space on what it presses is no key of the page', () => {
  expect([isPressed({ tagName: 'BUTTON' } as never), isPressed({ tagName: 'SUMMARY' } as never), isPressed({ tagName: 'DIV' } as never), isPressed(null)]).toEqual([true, true, false, false])
})
