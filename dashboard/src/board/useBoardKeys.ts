/** The keys of the board. */
import { useKeys } from '../shell/useKeys'
import { requestBeside } from './requestMove'
import type { BoardStore } from './store'
import { type Direction, neighbour } from './walk'

interface BoardKeys {
  project: string
  board: BoardStore
  current: string | null
  go(id: string): void
  ask(id: string): void
  create(): void
}

const WALKS: readonly (readonly [string, string, Direction, string])[] = [
  ['ArrowDown', 'j', 'down', 'Next card'],
  ['ArrowUp', 'k', 'up', 'Card before'],
  ['ArrowLeft', 'h', 'left', 'Column to the left'],
  ['ArrowRight', 'l', 'right', 'Column to the right'],
]

export function useBoardKeys({ project, board, current, go, ask, create }: BoardKeys): void {
  const walk = (to: Direction) => () => {
    const next = neighbour(board.getState().shown, current, to)
    if (next) go(next)
  }
  const withCard = (act: (id: string) => void) => () => {
    if (current) act(current)
  }
  const beside = (step: 1 | -1) =>
    withCard((id) => {
      requestBeside(project, board, id, step)
      go(id)
    })
  useKeys('Board', [
    ...WALKS.flatMap(([arrow, letter, to, does]) => [
      { keys: arrow, does, run: walk(to) },
      { keys: letter, does, run: walk(to) },
    ]),
    { keys: 'Home', does: 'First card of the column', run: walk('first') },
    { keys: 'End', does: 'Last card of the column', run: walk('last') },
    { keys: 'm', does: 'Move the card to …', run: withCard(ask) },
    { keys: 'Shift+ArrowRight', does: 'Move the card to the next column', run: beside(1) },
    { keys: 'Shift+ArrowLeft', does: 'Move the card to the column before', run: beside(-1) },
    { keys: 'n', does: 'New ticket', run: create },
  ])
}
