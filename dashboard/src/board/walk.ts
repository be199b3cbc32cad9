/** Walking over the board with keys: from a card to its neighbour. Pure. */
import type { Shown } from './model'

export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last'

/** The card to go to; the same one where there is no other, `null` on an empty board. */
export function neighbour({ columns, orders }: Pick<Shown, 'columns' | 'orders'>, from: string | null, to: Direction): string | null {
  const lists = columns.map(({ id }) => orders[id] ?? [])
  const at = lists.findIndex((ids) => from !== null && ids.includes(from))
  if (at < 0) return lists.find((ids) => ids.length > 0)?.[0] ?? null
  const ids = lists[at]!
  const index = ids.indexOf(from!)
  switch (to) {
    case 'up':
      return ids[Math.max(0, index - 1)]!
    case 'down':
      return ids[Math.min(ids.length - 1, index + 1)]!
    case 'first':
      return ids[0]!
    case 'last':
      return ids.at(-1)!
    case 'left':
    case 'right': {
      const side = to === 'left' ? lists.slice(0, at).toReversed() : lists.slice(at + 1)
      const next = side.find((list) => list.length > 0)
      return next ? next[Math.min(index, next.length - 1)]! : from
    }
  }
}
