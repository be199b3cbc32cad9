import { expect, test } from 'vitest'
import { announce, spoken, summary } from './announce'

test('a summary counts', () => {
  expect(summary({ moved: 3, blocked: 1 })).toBe('3 tickets moved, 1 blocked')
  expect(summary({ moved: 1 })).toBe('1 ticket moved')
  expect(summary({ moved: 0 })).toBe('')
})

test('the same words twice are said twice', () => {
  announce('TKT-001 moved to Testing')
  const first = spoken.getState().text
  announce('TKT-001 moved to Testing')
  expect(spoken.getState().text).not.toBe(first)
})
