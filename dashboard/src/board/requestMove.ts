/** Asks for a move, shows it at once, and takes it back with the reason when it is refused. */
import { ProblemError, wordsOf } from '../api/problem'
import { readBoard } from '../api/reads'
import type { Phase } from '../api/types'
import { moveTicket } from '../api/writes'
import { live } from '../live'
import { whyOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { dismiss, notify } from '../shell/notices'
import { landing } from './moves'
import type { BoardStore } from './store'

interface Wish {
  card: string
  phase: Phase
  /** Although a gate is closed, the ticket blocked or the column full; recorded as such. */
  force?: boolean
}

/** The socket brings the event. Where it has not by now, a read does. */
const PATIENCE_MS = 3000

/** Refusals that who has the right may override. */
const CAN_BE_FORCED = ['full', 'gate_closed', 'blocked']

export async function requestMove(project: string, board: BoardStore, { card: id, phase, force = false }: Wish): Promise<void> {
  const { shown } = board.getState()
  const card = shown.cards.get(id)
  const column = shown.columns.find(({ phases }) => phases.includes(phase))
  if (!card || !column || card.phase === phase) return
  if (shown.moves.has(id)) return announce(`${card.number} is still on its way`)

  const stays = shown.columns.find((one) => one.id === card.column)?.title ?? card.phase
  const looking = whyOnlyLooking()
  if (looking) return notify({ id, text: `${card.number} stays in ${stays}. ${looking}` })
  board.refuse(id, null)
  dismiss(id)
  board.setMove(id, { phase, column: column.id, position: null })
  announce(`${card.number} to ${column.title}`)
  try {
    const { position } = await moveTicket(id, { phase, force })
    // It stood there already: nothing will arrive.
    if (position == null) return board.setMove(id, null)
    board.setMove(id, { phase, column: column.id, position })
    if (live.status.getState().link === 'live') await new Promise((resume) => setTimeout(resume, PATIENCE_MS))
    // Held still, the page waits: a read would move all of it.
    if (live.status.getState().paused) return
    if (board.getState().shown.moves.has(id)) board.seed(await readBoard(project, position))
  } catch (error) {
    if (board.getState().shown.moves.get(id)?.position != null) return
    board.setMove(id, null)
    const why = error instanceof ProblemError && error.code === 'full' ? `${column.title} is full.` : wordsOf(error)
    board.refuse(id, why)
    notify({
      id,
      text: `${card.number} stays in ${stays}. ${why}`,
      gone: () => board.refuse(id, null),
      ...(error instanceof ProblemError && CAN_BE_FORCED.includes(error.code) && !force
        ? { action: { label: 'Move it anyway', run: () => void requestMove(project, board, { card: id, phase, force: true }) } }
        : {}),
    })
  }
}

/** Asks for a move into a column: its nearest phase. */
export function requestColumn(project: string, board: BoardStore, id: string, columnId: string): void {
  const { shown } = board.getState()
  const card = shown.cards.get(id)
  const column = shown.columns.find((one) => one.id === columnId)
  const phase = card && column ? landing(column, card.phase) : null
  if (phase) void requestMove(project, board, { card: id, phase })
}

/** Asks for a move into the column beside. */
export function requestBeside(project: string, board: BoardStore, id: string, step: 1 | -1): void {
  const { shown } = board.getState()
  const at = shown.columns.findIndex(({ id: column }) => shown.orders[column]?.includes(id))
  const next = shown.columns[at + step]
  if (at >= 0 && next) requestColumn(project, board, id, next.id)
}
