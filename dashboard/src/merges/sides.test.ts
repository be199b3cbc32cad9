import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compared, folded, linesOf, markedLines } from './sides'

const drawn = (before: string, after: string) => compared(linesOf(before), linesOf(after)).map(({ kind, text }) => `${{ added: '+', removed: '-', same: ' ', place: '@', about: '?' }[kind]}${text}`)

test('a changed line is one that went and one that came', () => {
  expect(drawn('a\nb\nc\n', 'a\nB\nc\n')).toEqual([' a', '-b', '+B', ' c'])
  expect(drawn('', 'a\n')).toEqual(['+a'])
  expect(drawn('a\n', '')).toEqual(['-a'])
  expect(drawn('a\nb\nc', 'x\na\nc')).toEqual(['+x', ' a', '-b', ' c'])
})

test('whatever both were, what is drawn holds both in their order', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '<<<<<<<'), { maxLength: 14 })
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const all = compared(before, after)
      const of = (kind: string) => all.filter((line) => line.kind === 'same' || line.kind === kind).map(({ text }) => text)
      expect(of('removed')).toEqual(before)
      expect(of('added')).toEqual(after)
    }),
  )
})

test('what is too long to be compared line by line is shown as gone and come', () => {
  const before = Array.from({ length: 1_200 }, (_, n) => `before ${n}`)
  const after = Array.from({ length: 1_200 }, (_, n) => `after ${n}`)
  const all = compared(['first', ...before, 'last'], ['first', ...after, 'last'])
  expect(all).toHaveLength(2_402)
  expect([all[0], all[1], all[1_201], all.at(-1)]).toEqual([
    { kind: 'same', text: 'first' },
    { kind: 'removed', text: 'before 0' },
    { kind: 'added', text: 'after 0' },
    { kind: 'same', text: 'last' },
  ])
})

test('what is alike far from a change is counted and not shown', () => {
  const before = Array.from({ length: 20 }, (_, n) => `line ${n}`)
  const after = before.with(10, 'another')
  expect(folded(compared(before, after)).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'place 7 lines alike',
    ...['same line 7', 'same line 8', 'same line 9', 'removed line 10', 'added another', 'same line 11', 'same line 12', 'same line 13'],
    'place 6 lines alike',
  ])
  expect(folded(compared(['a'], ['a']))).toEqual([{ kind: 'place', text: '1 line alike' }])
})

test('marks say whose each line is', () => {
  const text = 'a\n<<<<<<< ours\nb\n||||||| base\nc\n=======\nd\n>>>>>>> theirs\ne\n'
  expect(markedLines(text).map(({ kind, text: line }) => `${kind} ${line}`)).toEqual(['same a', 'mark <<<<<<< ours', 'ours b', 'mark ||||||| base', 'base c', 'mark =======', 'theirs d', 'mark >>>>>>> theirs', 'same e'])
})

test('what only looks like a mark is a line', () => {
  expect(markedLines('=======\n>>>>>>> x\n<<<<<<<< too long\n').every(({ kind }) => kind === 'same')).toBe(true)
  expect(markedLines('<<<<<<< a\n<<<<<<< b\n').map(({ kind }) => kind)).toEqual(['mark', 'ours'])
})
