/** A ticket on the board. It reads its own id from the store, so that a change draws this card and no other. */
import { Link } from '@tanstack/react-router'
import { memo, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Glyph } from '../ui/Glyph'
import { Priority } from '../ui/Priority'
import { steady } from '../ui/visible'
import { withDrag } from './drag'
import { faceOf, nameOfCard } from './face'
import type { BoardStore } from './store'

interface BoardCardProps {
  project: string
  board: BoardStore
  id: string
  /** The one card of its column that Tab reaches. */
  reachable: boolean
  /** Changes when the keys come to this card. */
  focus: number | null
  onFocus(id: string): void
  onMove(id: string): void
}

export const BoardCard = memo(function BoardCard({ project, board, id, reachable, focus, onFocus, onMove }: BoardCardProps) {
  const card = useStore(board, ({ shown }) => shown.cards.get(id))
  const move = useStore(board, ({ shown }) => shown.moves.get(id))
  const refusal = useStore(board, ({ refusals }) => refusals.get(id))
  const [dragged, setDragged] = useState(false)
  const element = useRef<HTMLDivElement>(null)
  const link = useRef<HTMLAnchorElement>(null)
  const first = useRef(card?.position)

  useEffect(() => {
    if (focus !== null) link.current?.focus({ preventScroll: true })
  }, [focus])

  useEffect(() => {
    const card = element.current
    if (!card) return
    return withDrag(({ draggable }) =>
      draggable({
        element: card,
        getInitialData: () => ({ card: id }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
    )
  }, [id])

  if (!card) return null
  const face = faceOf(card)
  const moving = move !== undefined
  const { total, completed, failed } = card.tasks
  return (
    <div
      ref={element}
      className={`group relative rounded-md border bg-raised px-2.5 py-(--pad) focus-within:border-ink hover:border-line-strong ${moving ? 'border-dashed border-ink-3' : 'border-line'} ${dragged ? 'opacity-50' : ''}`}
    >
      {/* Drawn anew at each position, which is what starts the tint; not at the first one. */}
      {card.position !== first.current && <span key={card.position} className="changed pointer-events-none absolute inset-0 rounded-md" />}
      <div className="flex h-4 items-center gap-1.5 text-xs text-ink-2">
        <Glyph state={face.state} label={null} />
        <span className="font-mono">{card.number}</span>
        <Priority priority={card.priority} />
        {moving && <span className="text-ink-2">moving …</span>}
        {total > 0 && (
          <span className="ml-auto font-mono text-ink-2 group-focus-within:invisible group-hover:invisible" aria-hidden="true">
            {completed}/{total}
          </span>
        )}
      </div>
      <Link
        ref={link}
        to="/p/$project/t/$ticket"
        params={{ project, ticket: id }}
        draggable={false}
        tabIndex={reachable ? 0 : -1}
        data-card={id}
        aria-label={nameOfCard(card, moving)}
        onFocus={() => onFocus(id)}
        className="mt-0.5 line-clamp-2 font-medium wrap-anywhere outline-none after:absolute after:inset-0 after:rounded-md focus-visible:after:outline-2 focus-visible:after:outline-offset-1 focus-visible:after:outline-ink"
      >
        {steady(card.title)}
      </Link>
      {total > 0 && <Progress total={total} completed={completed} failed={failed} />}
      {face.why && <p className={`said mt-1 line-clamp-2 text-xs ${face.state === 'blocked' ? 'text-blocked' : 'text-failed'}`}>{face.why}</p>}
      {refusal && <p className="said mt-1 text-xs text-failed">Not moved. {refusal}</p>}
      <button
        type="button"
        tabIndex={reachable ? 0 : -1}
        className="absolute top-1 right-1 grid size-6 place-items-center rounded-md border border-line bg-raised opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:border-line-strong focus-visible:opacity-100"
        aria-label={`Move ${card.number} to …`}
        title="Move to … (m)"
        onClick={() => onMove(id)}
      >
        <svg viewBox="0 0 12 12" className="size-3" aria-hidden="true">
          <path d="M1.5 6h8M6.5 2.5 10 6l-3.5 3.5" fill="none" stroke="currentColor" strokeWidth={1.5} />
        </svg>
      </button>
    </div>
  )
})

/** How far the tasks are: done in ink, failed in its colour, the rest empty. */
function Progress({ total, completed, failed }: { total: number; completed: number; failed: number }) {
  const share = (count: number) => `${(100 * count) / total}%`
  return (
    <div className="mt-1.5 flex h-0.5 overflow-hidden rounded-full bg-line" aria-hidden="true">
      <span className="bg-ink-2" style={{ width: share(completed) }} />
      <span className="bg-failed" style={{ width: share(failed) }} />
    </div>
  )
}
