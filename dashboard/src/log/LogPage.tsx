/** Every event, as it happens: filtered by the address, newest at the end. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { projectQuery } from '../api/reads'
import type { Topic } from '../live/protocol'
import { useKeys } from '../shell/useKeys'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Empty, Failed, Loading } from '../ui/states'
import { EventPanel } from './EventPanel'
import { LogList, type LogListHandle } from './LogList'
import { LogTools } from './LogTools'
import { type LogSearch, typesOf, withPart } from './search'
import { useLog } from './useLog'

interface LogPageProps {
  /** The log of one project; of everything without. */
  project?: string
  search: LogSearch
  onSearch(next: LogSearch): void
}

export function LogPage({ project, search, onSearch }: LogPageProps) {
  const of = project ?? search.of
  const types = typesOf(search)
  const { data: about } = useQuery({ ...projectQuery(of ?? ''), enabled: of !== undefined })
  useTitle(about ? `Log of ${about.name}` : 'Log')

  const list = useRef<LogListHandle>(null)
  const [reading, setReading] = useState(false)
  const topic: Topic = { kind: 'log', ...(of ? { project: of } : {}), ...(types.length > 0 ? { types } : {}) }
  const log = useLog({ project: of, types }, topic, () => list.current?.isReading() ?? false)
  const { window, error, readsOlder } = log

  const events = useMemo(() => {
    const all = window?.events ?? []
    return search.correlation ? all.filter(({ correlation_id }) => correlation_id === search.correlation) : all
  }, [window?.events, search.correlation])
  useFind(log, search, onSearch)

  const open = (at: number | undefined) => onSearch(withPart(search, { at, event: undefined }))
  const toEnd = () => {
    log.release()
    list.current?.toEnd()
  }
  useKeys('Log', [
    { keys: 'End', does: 'To the newest, and follow it', run: toEnd },
    { keys: 'Escape', does: 'Close the event', run: () => search.at && open(undefined) },
  ])

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <LogTools {...{ search, onSearch }} scoped={project !== undefined} projectName={about?.name} />
        {search.correlation && window && (
          <div className="flex items-center gap-3 border-b border-line bg-sunk px-3 py-1 text-xs text-ink-2">
            <p role="status">
              {events.length} of {window.events.length.toLocaleString('en')} events read so far, all from one wish.
            </p>
            {/* By hand: the server cannot filter by it, and a list that never fills would read the whole log. */}
            {!window.whole && (
              <Button disabled={readsOlder} onClick={() => void log.older(window.events[0]?.position ?? 1)}>
                Look further back
              </Button>
            )}
          </div>
        )}
        {!window ? (
          error ? <Failed error={error} again={log.again} /> : <Loading what="the log" />
        ) : events.length === 0 && window.whole ? (
          <Empty title={types.length > 0 || search.correlation ? 'Nothing like this has happened' : 'Nothing has happened yet'} command="omoi events tail">
            Each change that anybody makes appears here, in order, and stays.
          </Empty>
        ) : (
          <LogList
            ref={list}
            events={events}
            // After a failure the reader asks again, not the page.
            busy={readsOlder || error !== null}
            older={window.whole || search.correlation ? null : () => void log.older(window.events[0]?.position ?? 1)}
            selected={search.at}
            hrefOf={(at) => withPart(search, { at, event: undefined })}
            scoped={project}
            onReading={setReading}
          />
        )}
        {error != null && window && <Failed error={error} again={log.again} />}
        {window && reading && (
          <button
            type="button"
            onClick={toEnd}
            className="mx-auto my-1 flex h-7 shrink-0 items-center gap-2 rounded-md border border-line-strong bg-raised px-3 text-xs font-semibold"
          >
            Paused{window.held.length > 0 && `, ${window.held.length.toLocaleString('en')} new`}
            <span className="font-normal text-ink-2">to the end ↓</span>
          </button>
        )}
      </div>
      {search.at !== undefined && (
        <EventPanel
          key={search.at}
          at={search.at}
          known={window?.events.find(({ position }) => position === search.at)}
          {...{ search, project }}
          onClose={() => open(undefined)}
        />
      )}
    </div>
  )
}

/** How far back an event is looked for by its id, in events. */
const LOOK_BACK = 5000

/** Opens the event that the address names by id, once it is in the window; reads further back for it, within reason. */
function useFind(log: ReturnType<typeof useLog>, search: LogSearch, onSearch: (next: LogSearch) => void): void {
  const { window, readsOlder, error, older } = log
  const wanted = search.event
  const found = wanted ? window?.events.find(({ id }) => id === wanted) : undefined
  useEffect(() => {
    if (!wanted || !window) return
    if (found) return onSearch(withPart(search, { at: found.position, event: undefined }))
    if (!window.whole && !readsOlder && error === null && window.events.length < LOOK_BACK) void older(window.events[0]?.position ?? 1)
  }, [wanted, found, window?.events, readsOlder, error])
}
