/** The rows of a run: only those on the screen exist. It follows the end until somebody scrolls up. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { GUESS, Step } from './Step'
import { type Row, turnOf } from './trajectory'

export interface RowsHandle {
  toEnd(): void
}

interface RowsProps {
  ref: Ref<RowsHandle>
  rows: readonly Row[]
  until: number
  /** More of them may come before all are read. */
  whole: boolean
  onReading(reading: boolean): void
}

/** Nearer to the end than this is at the end. */
const SLACK_PX = 48

export function Rows({ ref, rows, until, whole, onReading }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => GUESS[rows[index]!.kind],
    getItemKey: (index) => rows[index]!.event.position,
    overscan: 8,
  })
  const size = list.getTotalSize()

  const stick = () => {
    const element = scroller.current
    if (element && atEnd.current) element.scrollTop = element.scrollHeight
  }
  // Rows are as high as they are only once they are drawn; then the end is further down. So it is in a window that shrinks.
  useLayoutEffect(stick, [rows.length, size, list.scrollRect?.height])
  useImperativeHandle(ref, () => ({
    toEnd() {
      atEnd.current = true
      onReading(false)
      stick()
    },
  }))

  // Where the last scroll was: what grows or shrinks scrolls as well, and is nobody's wish to read.
  const before = useRef(0)
  const [top, setTop] = useState(0)
  const items = list.getVirtualItems()
  return (
    <>
      <TurnOf rows={rows} index={list.getVirtualItemForOffset(top)?.index ?? 0} />
      <div
        ref={scroller}
        role="region"
        aria-label="What happened"
        // It scrolls, so the keys must be able to reach it.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          const up = scrollTop < before.current
          before.current = scrollTop
          setTop(scrollTop)
          const end = scrollHeight - scrollTop - clientHeight < SLACK_PX
          if (end === atEnd.current || (!end && !up)) return
          atEnd.current = end
          onReading(!end)
        }}
      >
        <ol aria-label="Steps, the newest last" className="relative" style={{ height: size }}>
          {items.map(({ index, key, start }) => (
            <li
              key={key}
              ref={list.measureElement}
              data-index={index}
              aria-setsize={whole ? rows.length : -1}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Step row={rows[index]!} until={until} />
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}

/** Which turn is read: its head may be far above. */
function TurnOf({ rows, index }: { rows: readonly Row[]; index: number }) {
  let turn: number | null = null
  for (let at = index; turn === null && at >= 0; at -= 1) turn = turnOf(rows[at]!)
  if (turn === null || rows[index]?.kind === 'turn') return null
  return (
    <p aria-hidden="true" className="shrink-0 border-b border-line bg-sunk px-3 py-0.5 text-xs font-semibold text-ink-2">
      Turn {turn}
    </p>
  )
}
