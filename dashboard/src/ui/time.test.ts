import { expect, test } from 'vitest'
import { ago, clock, day } from './time'

const now = Date.parse('2026-11-23T12:00:00Z')

test('how long ago, in the unit that fits', () => {
  expect(ago('2026-11-23T11:59:58Z', now)).toBe('just now')
  expect(ago('2026-11-23T11:59:20Z', now)).toBe('40 seconds ago')
  expect(ago('2026-11-23T11:59:00Z', now)).toBe('1 minute ago')
  expect(ago('2026-11-23T09:30:00Z', now)).toBe('2 hours ago')
  expect(ago('2026-11-20T09:30:00Z', now)).toBe('3 days ago')
  expect(ago('2025-11-20T09:30:00Z', now)).toMatch(/^2025-11-\d\d$/)
  // The clock of a browser may be behind that of the server.
  expect(ago('2026-11-23T12:00:07Z', now)).toBe('just now')
})

test('what is no time is shown as it came', () => {
  expect([clock('soon'), day('soon'), ago('soon', now)]).toEqual(['soon', 'soon', 'soon'])
  expect(clock('2026-11-23T04:37:27.680809Z')).toMatch(/^\d\d:\d\d:27\.680$/)
})
