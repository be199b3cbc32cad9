/** A column: its head with the limit, and as many cards as fit on the screen. */
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { CARD, preferences } from '../shell/preferences'
import { Glyph } from '../ui/Glyph'
import { BoardCard } from './BoardCard'
import { withDrag } from './drag'
import type { Column } from './model'
import { fill, fillWords, landing } from './moves'
import type { BoardStore } from './store'

export interface Cursor {
  id: string
  /** Counts the times the keys went somewhere: the same card can be focused again. */
  tick: number
}

interface BoardColumnProps {
  project: string
  board: BoardStore
  column: Column
  cursor: Cursor | null
  onFocus(id: string): void
  onMove(id: string): void
}

const GAP = 6
const NONE: readonly string[] = []

export const BoardColumn = memo(function BoardColumn({ project, board, column, cursor, onFocus, onMove }: BoardColumnProps) {
  const ids = useStore(board, ({ shown }) => shown.orders[column.id] ?? NONE)
  const density = useStore(preferences, (state) => state.density)
  const scroller = useRef<HTMLDivElement>(null)
  const section = useRef<HTMLElement>(null)
  const over = useDrop(section, board, column)
  const at = cursor ? ids.indexOf(cursor.id) : -1

  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD[density],
    getItemKey: (index) => ids[index]!,
    gap: GAP,
    // Room for the ring around the first card.
    paddingStart: 4,
    overscan: 4,
    // The card that has the focus stays, or the focus would be lost when it is scrolled away.
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range)
        return at < 0 || shown.includes(at) ? shown : [...shown, at].toSorted((a, b) => a - b)
      },
      [at],
    ),
  })
  useEffect(() => rows.measure(), [density, rows])
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
    // Only when the keys move: what others do must not scroll the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor?.tick])

  const reachable = at >= 0 ? ids[at] : ids[0]
  return (
    <section
      ref={section}
      aria-label={`${column.title}, ${fillWords(ids.length, column.wip_limit)}`}
      className={`flex min-h-0 min-w-52 flex-1 flex-col rounded-lg ${over ? 'outline-2 outline-ink-2 outline-dashed' : ''}`}
    >
      <Head title={column.title} count={ids.length} limit={column.wip_limit} />
      <div ref={scroller} className="min-h-0 flex-1 scroll-py-2 overflow-y-auto px-1 pb-2">
        {/* A list without items is not a list to a screen reader; the name of the column says how many there are. */}
        <ol className="relative" role={ids.length > 0 ? 'list' : 'presentation'} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const id = ids[row.index]
            if (id === undefined) return null
            return (
              <li
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                aria-setsize={ids.length}
                aria-posinset={row.index + 1}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <BoardCard
                  {...{ project, board, id, onFocus, onMove }}
                  reachable={id === reachable}
                  focus={cursor?.id === id ? cursor.tick : null}
                />
              </li>
            )
          })}
        </ol>
      </div>
    </section>
  )
})

function Head({ title, count, limit }: { title: string; count: number; limit: number | null }) {
  const state = fill(count, limit)
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 px-1">
      <h2 className="truncate text-base font-semibold">{title}</h2>
      <span className="font-mono text-xs text-ink-2" title={fillWords(count, limit)}>
        {limit === null ? count : `${count}/${limit}`}
      </span>
      {state === 'full' && <span className="text-xs text-ink-2">full</span>}
      {state === 'over' && (
        <span className="flex items-center gap-1 text-xs font-semibold text-waiting">
          <Glyph state="waiting" label={null} />
          {count - limit!} over
        </span>
      )}
    </div>
  )
}

/** Is a card held over the column that may be dropped there? */
function useDrop(section: React.RefObject<HTMLElement | null>, board: BoardStore, column: Column): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const element = section.current
    if (!element) return
    return withDrag(({ dropTargetForElements }) =>
      dropTargetForElements({
        element,
        getData: () => ({ column: column.id }),
        canDrop({ source }) {
          const card = board.getState().shown.cards.get(String(source.data['card']))
          return card !== undefined && landing(column, card.phase) !== null
        },
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: () => setOver(false),
      }),
    )
  }, [section, board, column])
  return over
}
