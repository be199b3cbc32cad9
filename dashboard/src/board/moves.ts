/** Moving a ticket: where it lands, and what is shown until the log says it is so. Pure. */
import { PHASES, type Phase } from '../api/types'
import type { Column } from './model'

/** A move that was asked for and is not in the log yet, as far as this page knows. */
export interface Move {
  phase: Phase
  column: string
  /** Where it stands in the log; `null` until the server answers. */
  position: number | null
}

/** The column to show a card in. */
export function placed(card: { column: string }, move: Move | undefined): string {
  return move?.column ?? card.column
}

const order = (phase: Phase): number => PHASES.indexOf(phase)

/**
 * The phase a card enters when it is dropped on a column with several: the nearest one. Forwards that is the first, so that no
 * phase is jumped over; backwards the last. `null` when it stands there already.
 */
export function landing(column: Pick<Column, 'phases'>, from: Phase): Phase | null {
  if (column.phases.length === 0 || column.phases.includes(from)) return null
  const sorted = column.phases.toSorted((a, b) => order(a) - order(b))
  return order(sorted[0]!) > order(from) ? sorted[0]! : sorted.at(-1)!
}

export type Fill = 'room' | 'full' | 'over'

/** How a column stands with its limit. */
export function fill(count: number, limit: number | null): Fill {
  if (limit === null || count < limit) return 'room'
  return count === limit ? 'full' : 'over'
}

/** "11 of 10, 1 over the limit". */
export function fillWords(count: number, limit: number | null): string {
  const cards = `${count} ${count === 1 ? 'ticket' : 'tickets'}`
  if (limit === null) return cards
  const state = fill(count, limit)
  if (state === 'over') return `${cards}, ${count - limit} over the limit of ${limit}`
  return state === 'full' ? `${cards}, full` : `${cards}, limit ${limit}`
}
