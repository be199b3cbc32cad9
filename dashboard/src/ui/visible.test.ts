import { expect, test } from 'vitest'
import { safeAddress } from './Outside'
import { readable, steady, visible } from './visible'

test('what turns the direction of reading is written out', () => {
  expect(visible('user\u202Efdp.exe')).toBe('user\\u202efdp.exe')
  expect(visible('zero\u200bwidth \u001b[31mred')).toBe('zero\\u200bwidth \\u001b[31mred')
  expect(visible('two\nlines\tand שלום')).toBe('two\nlines\tand שלום')
})

test('a title cannot turn, and keeps what scripts are made with', () => {
  expect(steady('user\u202Egnp.exe')).toBe('user\ufffdgnp.exe')
  expect(steady('שלום 👩\u200d💻')).toBe('שלום 👩\u200d💻')
})

test('a long value is cut and says so', () => {
  const text = readable({ line: 'x'.repeat(1_000_000) })
  expect(text.length).toBeLessThan(41_000)
  expect(text).toMatch(/… 9\d\d,\d{3} more characters$/)
})

test('only the web is a link', () => {
  for (const href of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'not an address', '']) {
    expect(safeAddress(href)).toBeNull()
  }
  expect(safeAddress('https://git.example/x')?.host).toBe('git.example')
})
