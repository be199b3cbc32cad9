import { expect, test } from 'vitest'
import { readPreferences } from './preferences'

test('what is kept counts only as far as it makes sense', () => {
  expect(readPreferences('{"theme":"dark","density":"compact","folded":true,"letters":false}')).toEqual({
    theme: 'dark',
    density: 'compact',
    folded: true,
    letters: false,
  })
  const usual = { theme: 'system', density: 'regular', folded: false, letters: true }
  for (const text of [null, '', 'null', '[]', '{"theme":"pink","density":7}', '{']) {
    expect(readPreferences(text)).toEqual(usual)
  }
})
