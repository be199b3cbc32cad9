import { expect, test } from 'vitest'
import type { RecordedEvent } from '../api/types'
import { contentOf } from './content'
import { microUsd, usd } from './money'
import { parsed } from './parsed'

const wrote = (phase: string, attempt: number, field: string, part: Record<string, unknown>) =>
  ({ payload: { phase, attempt, section: { field, part } } }) as unknown as RecordedEvent

test('sections of the last attempt make the whole: values, lists in pieces, long texts in pieces', () => {
  const events = [
    wrote('design', 1, 'old', { kind: 'whole', value: 1 }),
    wrote('requirements', 2, 'other', { kind: 'whole', value: 1 }),
    wrote('design', 2, 'parts', { kind: 'items', items: ['a'], last: false }),
    wrote('design', 2, 'text', { kind: 'text', text: 'one ', last: false }),
    wrote('design', 2, 'parts', { kind: 'items', items: ['b'], last: true }),
    wrote('design', 2, 'text', { kind: 'text', text: 'two', last: true }),
    wrote('design', 2, '__proto__', { kind: 'whole', value: { polluted: true } }),
  ]
  const content = contentOf(events, 'design')!
  expect(Object.keys(content)).toEqual(['parts', 'text', '__proto__'])
  expect(content['parts']).toEqual(['a', 'b'])
  expect(content['text']).toBe('one two')
  expect('polluted' in {}).toBe(false)
  expect(contentOf(events, 'tasks')).toBeNull()
})

test('a text that is no JSON object says why', () => {
  expect(parsed('{"a": 1}')).toEqual({ content: { a: 1 }, fault: null })
  expect(parsed('[]').fault).toContain('is an object')
  expect(parsed('null').fault).toContain('is an object')
  expect(parsed('{\n"a": 1,\n}').fault).toMatch(/not JSON .*line 3/)
})

test('dollars become millionths, and nothing else does', () => {
  expect(microUsd('2.50')).toBe(2_500_000)
  expect(microUsd('$20')).toBe(20_000_000)
  expect(microUsd('')).toBe(0)
  for (const wrong of ['0', '-1', '1e9', '2,50', '1.0000001', 'NaN']) expect(microUsd(wrong)).toBeNull()
  expect(usd(2_500_000)).toBe('$2.50')
})
