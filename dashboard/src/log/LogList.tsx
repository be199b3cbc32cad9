/** The rows of the log: only those on the screen exist. It follows the end until somebody scrolls up. */
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { RecordedEvent } from '../api/types'
import { preferences, ROW } from '../shell/preferences'
import { Glyph } from '../ui/Glyph'
import { shortId } from '../ui/Id'
import { clock, day } from '../ui/time'
import type { LogSearch } from './search'
import { lookOf, subjectOf, tell } from './words'

export interface LogListHandle {
  isReading(): boolean
  toEnd(): void
}

interface LogListProps {
  ref: Ref<LogListHandle>
  events: readonly RecordedEvent[]
  /** Reads what came before; `null` at the beginning of the log. */
  older: (() => void) | null
  /** It is being read, or could not be. */
  busy: boolean
  selected: number | undefined
  hrefOf(at: number): LogSearch
  scoped: string | undefined
  onReading(reading: boolean): void
}

/** Nearer to the end than this is at the end. */
const SLACK_PX = 48
const OLDER_FROM_ROW = 15

export function LogList({ ref, events, older, busy, selected, hrefOf, scoped, onReading }: LogListProps) {
  const density = useStore(preferences, (state) => state.density)
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const row = ROW[density]

  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row,
    getItemKey: (index) => events[index]!.position,
    overscan: 12,
  })
  useEffect(() => rows.measure(), [row])

  // Who opens the address of an event comes for that event, not for the end.
  useLayoutEffect(() => {
    const index = events.findIndex(({ position }) => position === selected)
    if (index < 0) return
    atEnd.current = false
    onReading(true)
    rows.scrollToIndex(index, { align: 'center' })
  }, [])

  const toEnd = () => {
    atEnd.current = true
    onReading(false)
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }
  useImperativeHandle(ref, () => ({ isReading: () => !atEnd.current, toEnd }))

  // What was read before the first row pushes the rest down by as much; the eye must stay where it was.
  const first = useRef<number | undefined>(undefined)
  useLayoutEffect(() => {
    const element = scroller.current
    const before = first.current
    first.current = events[0]?.position
    if (!element) return
    if (atEnd.current) {
      element.scrollTop = element.scrollHeight
      return
    }
    const added = before === undefined ? -1 : events.findIndex(({ position }) => position === before)
    if (added > 0) element.scrollTop += added * row
  }, [events, row])

  const items = rows.getVirtualItems()
  const top = items[0]?.index ?? 0
  useEffect(() => {
    // At the end the first rows are only looked at when all of them fit on the screen.
    const short = rows.getTotalSize() <= (scroller.current?.clientHeight ?? 0)
    if (older && !busy && top < OLDER_FROM_ROW && (short || !atEnd.current)) older()
  }, [top, events, older === null, busy])

  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-auto"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        const end = scrollHeight - scrollTop - clientHeight < SLACK_PX
        if (end === atEnd.current) return
        atEnd.current = end
        onReading(!end)
      }}
    >
      <ol aria-label="Events, the newest last" className="relative" style={{ height: rows.getTotalSize() }} onKeyDown={walk}>
        {items.map(({ index, key, start }) => {
          const event = events[index]!
          return (
            <li
              key={key}
              aria-setsize={older ? -1 : events.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0 h-(--row)"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Row event={event} selected={event.position === selected} search={hrefOf(event.position)} {...{ scoped }} />
            </li>
          )
        })}
      </ol>
    </div>
  )
}

interface RowProps {
  event: RecordedEvent
  selected: boolean
  search: LogSearch
  scoped: string | undefined
}

const Row = memo(
  function Row({ event, selected, search, scoped }: RowProps) {
    const look = lookOf(event.type)
    const place = scoped ? ({ to: '/p/$project/log', params: { project: scoped } } as const) : ({ to: '/log' } as const)
    return (
      <Link
        {...place}
        search={search}
        data-row=""
        activeProps={{}}
        aria-current={selected ? 'true' : undefined}
        className={`grid h-full grid-cols-[6.25rem_1rem_15rem_10.5rem_1fr_6rem] items-center gap-2 border-b border-line px-3 whitespace-nowrap hover:bg-sunk focus-visible:-outline-offset-2 max-xl:grid-cols-[6.25rem_1rem_15rem_1fr] max-sm:grid-cols-[6.25rem_1rem_1fr] ${selected ? 'bg-sunk shadow-[inset_2px_0_0_var(--ink)]' : ''}`}
      >
        <time dateTime={event.recorded_at} title={`#${event.position}, ${day(event.recorded_at)}`} className="font-mono text-xs text-ink-2">
          {clock(event.recorded_at)}
        </time>
        <span>{look && <Glyph state={look} label={null} />}</span>
        <span className="truncate font-mono text-xs max-sm:hidden">{event.type}</span>
        <span className="truncate font-mono text-xs text-ink-2 max-xl:hidden">{subjectOf(event)}</span>
        <span className="truncate">{tell(event)}</span>
        <span className="truncate font-mono text-xs text-ink-3 max-xl:hidden" title={event.actor}>
          {shortId(event.actor)}
        </span>
      </Link>
    )
  },
  // An event never changes; the address differs only where the filter does.
  (a, b) =>
    a.event === b.event &&
    a.selected === b.selected &&
    a.scoped === b.scoped &&
    a.search.type === b.search.type &&
    a.search.of === b.search.of &&
    a.search.correlation === b.search.correlation,
)

/** Arrows, and j and k, go from row to row. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const letters = preferences.getState().letters
  const by = { ArrowDown: 1, ArrowUp: -1, ...(letters ? { j: 1, k: -1 } : {}) }[event.key]
  if (!by || event.ctrlKey || event.metaKey || event.altKey) return
  const item = (event.target as HTMLElement).closest('li')
  const next = by > 0 ? item?.nextElementSibling : item?.previousElementSibling
  const link = next?.querySelector<HTMLElement>('[data-row]')
  if (!link) return
  event.preventDefault()
  link.focus()
}
