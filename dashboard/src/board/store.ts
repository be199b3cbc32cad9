/** The boards of this page, one store a project. A card reads its own id; nothing else is drawn when it changes. */
import { createStore } from 'zustand/vanilla'
import type { Board } from '../api/types'
import type { Change } from '../live/latest'
import { onSomebodyElse } from '../session/session'
import { columnsIn, columnsOf, EMPTY, news, type Shown, snapshotOf, withFrames, withMoves } from './model'
import type { Move } from './moves'

export interface BoardState {
  shown: Shown
  /** Why the last move of a card was refused, by card. */
  refusals: ReadonlyMap<string, string>
}

export type BoardStore = ReturnType<typeof createBoardStore>

export function createBoardStore() {
  const store = createStore<BoardState>()(() => ({ shown: EMPTY, refusals: new Map() }))
  const change = (next: (shown: Shown) => Shown) => store.setState(({ shown }) => ({ shown: next(shown) }))
  return {
    ...store,
    /** Takes in a read; `anew` forgets what was there, whose positions mean nothing any more. */
    seed(board: Board, anew = false): void {
      change((shown) => {
        const base = anew ? EMPTY : shown
        const columns = columnsOf(board)
        const same = JSON.stringify(columns) === JSON.stringify(base.columns)
        return withFrames(base, [snapshotOf(board)], same ? base.columns : columns)
      })
    },
    /** Takes in frames, and answers what others did. */
    take(frames: readonly Change[]) {
      const before = store.getState().shown
      change((shown) => withFrames(shown, frames, columnsIn(shown, frames)))
      return news(before, store.getState().shown)
    },
    setMove(id: string, move: Move | null): void {
      change((shown) => {
        const moves = new Map(shown.moves)
        if (move) moves.set(id, move)
        else moves.delete(id)
        return withMoves(shown, moves)
      })
    },
    refuse(id: string, why: string | null): void {
      store.setState(({ refusals }) => {
        const left = new Map(refusals)
        if (why) left.set(id, why)
        else left.delete(id)
        return { refusals: left }
      })
    },
  }
}

const boards = new Map<string, BoardStore>()
/** Whoever goes back and forth finds the board as it was; more of them would only cost memory. */
const MOST_KEPT = 4

export function boardOf(project: string): BoardStore {
  const board = boards.get(project) ?? createBoardStore()
  boards.delete(project)
  boards.set(project, board)
  for (const old of [...boards.keys()].slice(0, -MOST_KEPT)) boards.delete(old)
  return board
}

export function forgetBoards(): void {
  boards.clear()
}
// Somebody else may see other things. From here and not from where the page begins: boards are not part of the first page.
onSomebodyElse(forgetBoards)
