/** Where to move a ticket: every phase, under its column, with how full that is. Arrows choose, Enter moves. */
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { Dialog } from '../ui/Dialog'
import { fillWords } from './moves'
import { requestMove } from './requestMove'
import type { BoardStore } from './store'
import { phaseWord } from './words'

interface MoveToProps {
  project: string
  board: BoardStore
  id: string
  onClose(): void
}

export default function MoveTo({ project, board, id, onClose }: MoveToProps) {
  // As it was when it was asked: a list that changes under the keys moves the wrong thing.
  const { current: shown } = useRef(board.getState().shown)
  const list = useRef<HTMLUListElement>(null)
  const card = shown.cards.get(id)
  useEffect(() => {
    const all = choices(list.current)
    const here = all.findIndex((button) => button.hasAttribute('data-next'))
    all[Math.max(0, here)]?.focus()
  }, [])
  if (!card) return null
  const phases = shown.columns.flatMap((column) => column.phases.map((phase) => ({ column, phase })))
  const at = phases.findIndex(({ phase }) => phase === card.phase)
  return (
    <Dialog title={`Move ${card.number} to`} onClose={onClose}>
      <p className="said mb-3 line-clamp-2 text-ink-2">{card.title}</p>
      <ul ref={list} onKeyDown={(event) => step(event, list.current)}>
        {phases.map(({ column, phase }, index) => (
          <li key={phase}>
            <button
              type="button"
              disabled={index === at}
              data-next={index === at + 1 ? '' : undefined}
              className="flex min-h-8 w-full items-center gap-3 rounded-md px-2 text-left hover:bg-sunk focus-visible:bg-sunk focus-visible:-outline-offset-2 disabled:text-ink-3"
              onClick={() => {
                onClose()
                void requestMove(project, board, { card: id, phase })
              }}
            >
              <span className="w-36 font-medium">{phaseWord(phase)}</span>
              <span className="text-xs text-ink-2">
                {index === at ? 'it is here' : `${column.title}: ${fillWords(shown.orders[column.id]?.length ?? 0, column.wip_limit)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

const choices = (list: HTMLElement | null): HTMLButtonElement[] => [...(list?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])]

function step(event: KeyboardEvent, list: HTMLElement | null): void {
  const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
  if (!by) return
  event.preventDefault()
  const all = choices(list)
  const at = all.indexOf(document.activeElement as HTMLButtonElement)
  all[(at + by + all.length) % all.length]?.focus()
}
