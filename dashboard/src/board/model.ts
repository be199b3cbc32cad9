/** The board: cards in columns, in order, as far as the log goes and with what was just asked for. Pure. */
import type { Board, BoardCard, Phase } from '../api/types'
import { type Change, fold, type Latest, NOTHING } from '../live/latest'
import { type Move, placed } from './moves'

export interface Card extends BoardCard {
  column: string
}

export interface Column {
  id: string
  title: string
  phases: readonly Phase[]
  wip_limit: number | null
}

export interface Shown {
  readonly columns: readonly Column[]
  readonly latest: Latest
  readonly cards: ReadonlyMap<string, Card>
  /** The ids of the cards of each column, top to bottom, moves under way included. */
  readonly orders: Readonly<Record<string, readonly string[]>>
  readonly moves: ReadonlyMap<string, Move>
}

export const EMPTY: Shown = { columns: [], latest: NOTHING, cards: new Map(), orders: {}, moves: new Map() }

/** What a read of the board says, in the words of the lane: complete up to its position. */
export function snapshotOf(board: Board): Change {
  const upserts = board.columns.flatMap((column) =>
    column.cards.map((card) => ({
      kind: 'card',
      id: card.id,
      position: card.position,
      value: { ...card, column: column.id },
    })),
  )
  return { position: board.position, snapshot: true, upserts, removes: [] }
}

/** The columns as frames of the lane say them, when they say something newer than what was read. */
export function columnsIn(shown: Shown, frames: readonly Change[]): readonly Column[] {
  let newest = shown.latest.base
  let columns = shown.columns
  for (const { kind, position, value } of frames.flatMap((frame) => frame.upserts)) {
    if (kind !== 'board' || position <= newest) continue
    newest = position
    columns = (value as { columns: Column[] }).columns
  }
  return JSON.stringify(columns) === JSON.stringify(shown.columns) ? shown.columns : columns
}

export function columnsOf(board: Board): Column[] {
  return board.columns.map(({ id, title, phases, wip_limit }) => ({ id, title, phases, wip_limit }))
}

/** Takes frames in. The same object when nothing changed. */
export function withFrames(shown: Shown, frames: readonly Change[], columns = shown.columns): Shown {
  const latest = fold(shown.latest, frames)
  if (latest === shown.latest && columns === shown.columns) return shown
  const sameCards = latest.entities === shown.latest.entities
  const cards = sameCards ? shown.cards : cardsOf(latest, shown.cards)
  const moves = settled(shown.moves, cards, latest)
  if (sameCards && moves === shown.moves && columns === shown.columns) return { ...shown, latest }
  return arranged({ ...shown, latest, cards, moves, columns })
}

export function withMoves(shown: Shown, moves: ReadonlyMap<string, Move>): Shown {
  const left = settled(moves, shown.cards, shown.latest)
  return left === shown.moves ? shown : arranged({ ...shown, moves: left })
}

function cardsOf(latest: Latest, before: ReadonlyMap<string, Card>): Map<string, Card> {
  const cards = new Map<string, Card>()
  for (const entity of latest.entities.values()) {
    if (entity.kind !== 'card') continue
    const known = before.get(entity.id)
    // The same object for the same position: a card that did not change is not drawn again.
    if (known && known.position === entity.position) cards.set(entity.id, known)
    else cards.set(entity.id, { ...(entity.value as Card), id: entity.id, position: entity.position })
  }
  return cards
}

/**
 * A move is over once the log shows it. The card's own position may be a little less than the answer's, when the last event of
 * the append says nothing about the card; then it is enough that the board is as far as the answer.
 */
function settled(
  moves: ReadonlyMap<string, Move>,
  cards: ReadonlyMap<string, Card>,
  latest: Latest,
): ReadonlyMap<string, Move> {
  const left = [...moves].filter(([id, { position, column }]) => {
    const card = cards.get(id)
    if (!card) return false
    if (position === null) return true
    const arrived = card.position >= position || latest.base >= position
    return !arrived && !(latest.position >= position && card.column === column)
  })
  return left.length === moves.size ? moves : new Map(left)
}

function arranged(shown: Shown): Shown {
  const lists: Record<string, Card[]> = Object.fromEntries(shown.columns.map(({ id }) => [id, []]))
  for (const card of shown.cards.values()) lists[placed(card, shown.moves.get(card.id))]?.push(card)
  const orders: Record<string, readonly string[]> = {}
  for (const [column, cards] of Object.entries(lists)) {
    const ids = cards.toSorted(inOrder).map(({ id }) => id)
    const before = shown.orders[column]
    orders[column] = before && sameList(before, ids) ? before : ids
  }
  return { ...shown, orders }
}

function inOrder(a: Card, b: Card): number {
  const [left, right] = [a.rank, b.rank]
  if (left !== right) {
    if (left === null) return 1
    if (right === null) return -1
    return left < right ? -1 : 1
  }
  return byNumber(a.number, b.number)
}

const digits = (number: string): number => Number(number.slice(number.lastIndexOf('-') + 1))
const byNumber = (a: string, b: string): number => digits(a) - digits(b)
const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])

/** Is there a card in a column that the page does not know? Then the columns were changed, and it must read again. */
export function knowsAllColumns({ columns, cards }: Shown): boolean {
  const known = new Set(columns.map(({ id }) => id))
  return [...cards.values()].every(({ column }) => known.has(column))
}

/** What happened by itself between two boards, for the announcement. */
export function news(before: Shown, after: Shown): { moved: number; blocked: number; added: number } {
  const counts = { moved: 0, blocked: 0, added: 0 }
  if (before.cards === after.cards || before.cards.size === 0) return counts
  for (const [id, card] of after.cards) {
    const was = before.cards.get(id)
    if (was === card) continue
    if (!was) counts.added += 1
    else if (was.column !== card.column && !before.moves.has(id)) counts.moved += 1
    else if (!was.blocked && card.blocked) counts.blocked += 1
  }
  return counts
}
