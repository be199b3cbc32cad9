/** The board of a project. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { projectQuery } from '../api/reads'
import { live } from '../live'
import { useOnlyLooking } from '../session/role'
import { useNarrow } from '../shell/useNarrow'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'
import { Empty, Failed, Loading } from '../ui/states'
import { BoardColumn, type Cursor } from './BoardColumn'
import { withDrag } from './drag'
import { requestColumn } from './requestMove'
import type { BoardStore } from './store'
import { useBoard } from './useBoard'
import { useBoardKeys } from './useBoardKeys'

const MoveTo = lazy(() => import('./MoveTo'))
const NewTicket = lazy(() => import('./NewTicket'))

export function BoardPage({ project }: { project: string }) {
  const { board, query } = useBoard(project)
  const { data: about } = useQuery(projectQuery(project))
  const columns = useStore(board, ({ shown }) => shown.columns)
  const count = useStore(board, ({ shown }) => shown.cards.size)
  const [cursor, setCursor] = useState<Cursor | null>(null)
  const [moving, setMoving] = useState<string | null>(null)
  const [asks, setAsks] = useState(false)
  const looking = useOnlyLooking()
  useTitle(about ? `Board of ${about.name}` : 'Board')
  useDrops(project, board)

  const go = useCallback((id: string) => setCursor((last) => ({ id, tick: (last?.tick ?? 0) + 1 })), [])
  // A click or Tab comes to a card by itself; it is noted without asking for the focus again.
  const came = useCallback((id: string) => setCursor((last) => (last?.id === id ? last : { id, tick: last?.tick ?? 0 })), [])
  const ask = useCallback((id: string) => setMoving(id), [])
  useBoardKeys({ project, board, current: cursor?.id ?? null, go, ask, create: () => setAsks(looking === null) })

  if (columns.length === 0) {
    return query.error ? <Failed error={query.error} again={() => void query.refetch()} /> : <Loading what="the board" />
  }
  const create = looking ? (
    <OnlyLooking why={looking} />
  ) : (
    <Button kind="primary" onClick={() => setAsks(true)}>
      New ticket
    </Button>
  )
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center gap-3 px-3">
        <h1 className="text-base font-semibold">Board</h1>
        <span className="text-xs whitespace-nowrap text-ink-2">
          {count} {count === 1 ? 'ticket' : 'tickets'}
        </span>
        {about?.status === 'archived' && <span className="text-xs text-ink-2">The project is archived</span>}
        {/* Once: the empty board says it too. */}
        {!(looking && count === 0) && <div className="ml-auto">{create}</div>}
      </div>
      {query.data?.stale != null && <Stale since={query.data.stale} />}
      {count === 0 && (
        <div className="shrink-0 border-y border-line bg-sunk">
          <Empty title="No ticket yet" {...(looking ? {} : { command: `omoi ticket create ${about?.slug ?? 'PROJECT'} "Send invoices"` })} action={create}>
            A ticket is something to be done; it goes from left to right as its tasks are completed.
          </Empty>
        </div>
      )}
      <Columns {...{ project, board, cursor }} onFocus={came} onMove={ask} />
      {moving && (
        <Suspense>
          <MoveTo {...{ project, board }} id={moving} onClose={() => setMoving(null)} />
        </Suspense>
      )}
      {asks && (
        <Suspense>
          <NewTicket {...{ project, board }} onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </div>
  )
}

interface ColumnsProps {
  project: string
  board: BoardStore
  cursor: Cursor | null
  onFocus(id: string): void
  onMove(id: string): void
}

function Columns({ board, cursor, ...rest }: ColumnsProps) {
  const columns = useStore(board, ({ shown }) => shown.columns)
  const orders = useStore(board, ({ shown }) => shown.orders)
  const narrow = useNarrow()
  const [picked, setPicked] = useState<string | null>(null)
  // Only the column that the keys are in is told where they are: the others need not be drawn again.
  const isIn = (column: string) => cursor !== null && (orders[column]?.includes(cursor.id) ?? false)
  if (!narrow) {
    return (
      <div className="flex min-h-0 flex-1 gap-2 overflow-x-auto px-2">
        {columns.map((column) => (
          <BoardColumn key={column.id} {...rest} {...{ board, column }} cursor={isIn(column.id) ? cursor : null} />
        ))}
      </div>
    )
  }
  const column = columns.find(({ id }) => id === picked) ?? columns.find(({ id }) => orders[id]?.length) ?? columns[0]!
  return (
    <div className="flex min-h-0 flex-1 flex-col px-2">
      <select
        aria-label="Column"
        value={column.id}
        onChange={(event) => setPicked(event.target.value)}
        className="h-10 w-full shrink-0 rounded-md border border-line-strong bg-raised px-2 text-base"
      >
        {columns.map(({ id, title }) => (
          <option key={id} value={id}>
            {title} ({orders[id]?.length ?? 0})
          </option>
        ))}
      </select>
      <BoardColumn key={column.id} {...rest} {...{ board, column }} cursor={isIn(column.id) ? cursor : null} />
    </div>
  )
}

function Stale({ since }: { since: number }) {
  return (
    <p role="status" className="flex items-center gap-2 border-y border-line bg-sunk px-3 py-1.5 text-xs">
      <Glyph state="waiting" label={null} />
      The board stands still since #{since.toLocaleString('en')}: an event could not be applied. `omoi projections list` says more.
    </p>
  )
}

/** What happens when a card is let go over a column. Meanwhile the page is held, so that nothing moves under the pointer. */
function useDrops(project: string, board: BoardStore): void {
  useEffect(() => {
    const stop = withDrag(({ monitorForElements }) =>
      monitorForElements({
        onDragStart: () => live.hold('a drag'),
        onDrop({ source, location }) {
          live.release('a drag')
          const column = location.current.dropTargets[0]?.data['column']
          if (typeof column === 'string') requestColumn(project, board, String(source.data['card']), column)
        },
      }),
    )
    return () => {
      stop()
      live.release('a drag')
    }
  }, [project, board])
}
