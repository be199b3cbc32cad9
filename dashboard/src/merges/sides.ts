/** The sides of a conflict as lines that can be drawn. Pure: agents wrote all of it, and any of it may look like a mark. */
import { many } from '../run/amounts'
import type { DiffLine } from '../run/diff'

/** Unchanged lines that are shown around a change. */
const AROUND = 3
/** More pairs of lines than this are not compared one by one: a second of reckoning is not worth a smaller picture. */
const MOST_PAIRS = 1_000_000

export const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

/** Each line of both, as what became of it. */
export function compared(before: readonly string[], after: readonly string[]): DiffLine[] {
  let first = 0
  while (first < before.length && first < after.length && before[first] === after[first]) first += 1
  let last = 0
  while (last < before.length - first && last < after.length - first && before.at(-1 - last) === after.at(-1 - last)) last += 1
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [
    ...before.slice(0, first).map(same),
    ...middle(before.slice(first, before.length - last), after.slice(first, after.length - last)),
    ...before.slice(before.length - last).map(same),
  ]
}

/** By the longest sequence of lines that both have. */
function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const wide = after.length + 1
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  if (before.length * after.length <= MOST_PAIRS) {
    const longest = new Uint32Array((before.length + 1) * wide)
    for (let row = before.length - 1; row >= 0; row -= 1) {
      for (let column = after.length - 1; column >= 0; column -= 1) {
        longest[row * wide + column] =
          before[row] === after[column]
            ? longest[(row + 1) * wide + column + 1]! + 1
            : Math.max(longest[(row + 1) * wide + column]!, longest[row * wide + column + 1]!)
      }
    }
    while (i < before.length && j < after.length) {
      if (before[i] === after[j]) {
        lines.push({ kind: 'same', text: before[i]! })
        i += 1
        j += 1
      } else if (longest[(i + 1) * wide + j]! >= longest[i * wide + j + 1]!) {
        lines.push({ kind: 'removed', text: before[i]! })
        i += 1
      } else {
        lines.push({ kind: 'added', text: after[j]! })
        j += 1
      }
    }
  }
  for (const text of before.slice(i)) lines.push({ kind: 'removed', text })
  for (const text of after.slice(j)) lines.push({ kind: 'added', text })
  return lines
}

/** Without what is alike and stands far from a change; how much that is stands in its place. */
export function folded(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>()
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') for (let one = at - AROUND; one <= at + AROUND; one += 1) near.add(one)
  })
  const shown: DiffLine[] = []
  let left = 0
  const fold = () => {
    if (left > 0) shown.push({ kind: 'place', text: `${many(left, 'line')} alike` })
    left = 0
  }
  lines.forEach((line, at) => {
    if (!near.has(at)) return void (left += 1)
    fold()
    shown.push(line)
  })
  fold()
  return shown
}

export type MarkedKind = 'mark' | 'ours' | 'base' | 'theirs' | 'same'

export interface MarkedLine {
  kind: MarkedKind
  text: string
}

/** The text with marks of conflict in it. A mark counts only where one can stand. */
export function markedLines(text: string): MarkedLine[] {
  let inside: Exclude<MarkedKind, 'mark'> = 'same'
  return linesOf(text).map((line) => {
    const next = follows(inside, line)
    if (next === null) return { kind: inside, text: line }
    inside = next
    return { kind: 'mark', text: line }
  })
}

function follows(inside: MarkedKind, line: string): Exclude<MarkedKind, 'mark'> | null {
  if (inside === 'same') return /^<{7}( |$)/.test(line) ? 'ours' : null
  if (inside === 'theirs') return /^>{7}( |$)/.test(line) ? 'same' : null
  if (inside === 'ours' && /^\|{7}( |$)/.test(line)) return 'base'
  return /^={7}$/.test(line) ? 'theirs' : null
}
