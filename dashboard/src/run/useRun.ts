/** A run: its head, and all that happened in it. The socket says that there is more; what it is, with its words, is read. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { EVENT_TYPES } from '../api/eventTypes'
import { readLastRunEvents, readRun, readRunEvents, runQuery } from '../api/runs'
import type { RecordedEvent } from '../api/types'
import { readUpTo } from '../api/upTo'
import { live } from '../live'
import { PAGE, Pump } from './pump'
import { appended, NOTHING, type Trajectory } from './trajectory'

export const RUN_TYPES = EVENT_TYPES.filter((type) => /^(run|trajectory)\./.test(type))

export interface Story {
  trajectory: Trajectory
  /** The end of it, as long as what came before is still being read; only of long ones. */
  end: Trajectory | null
  /** Everything that there was has been read. */
  whole: boolean
  error: unknown
}

type Action = { kind: 'anew' | 'whole' } | { kind: 'end'; events: readonly RecordedEvent[] } | { kind: 'more'; events: readonly RecordedEvent[] } | { kind: 'failed'; error: unknown }

const UNREAD: Story = { trajectory: NOTHING, end: null, whole: false, error: null }

function reduce(story: Story, action: Action): Story {
  switch (action.kind) {
    case 'anew':
      return UNREAD
    case 'more': {
      const trajectory = appended(story.trajectory, action.events)
      return trajectory === story.trajectory && story.error === null ? story : { ...story, trajectory, error: null }
    }
    case 'end':
      return story.whole ? story : { ...story, end: appended(NOTHING, action.events) }
    case 'whole':
      return story.whole ? story : { ...story, end: null, whole: true }
    case 'failed':
      return { ...story, error: action.error }
  }
}

/** What an agent does changes the sums of the head, all the time; they are read no more often than this. */
const SUMS_MS = 1_000
/** Of a run with more events than one page the newest are shown first. */
const END = 200
/** Without the socket it is asked for, as long as the run goes on. */
const UNHEARD_MS = 5_000

export function useRun(project: string, id: string) {
  const queries = useQueryClient()
  const query = useQuery(runQuery(id))
  const [story, dispatch] = useReducer(reduce, UNREAD)
  const [heard, setHeard] = useState(0)
  const [deaf, setDeaf] = useState(false)
  const pump = useRef<Pump | null>(null)

  const known = query.data?.position
  useEffect(() => {
    if (known === undefined || heard <= known) return
    readUpTo(queries, heard, { ...runQuery(id), queryFn: ({ signal }) => readRun(id, heard, signal) }).catch(() => {})
  }, [queries, id, heard, known])

  const loaded = known !== undefined
  useEffect(() => {
    // What is followed begins where the head was read, and what is read begins after that: nothing lies between.
    if (!loaded) return
    const begin = () => {
      pump.current?.stop()
      pump.current = new Pump({
        read: (after) => readRunEvents(id, after, PAGE),
        took: (events) => events.length > 0 && dispatch({ kind: 'more', events }),
        arrived: () => dispatch({ kind: 'whole' }),
        failed: (error) => dispatch({ kind: 'failed', error }),
      })
      const own = pump.current
      dispatch({ kind: 'anew' })
      if ((queries.getQueryData(runQuery(id).queryKey)?.seen.events ?? 0) > PAGE) {
        readLastRunEvents(id, Number.MAX_SAFE_INTEGER, END)
          .then(({ events }) => own === pump.current && events.length > 0 && dispatch({ kind: 'end', events }))
          .catch(() => {})
      }
      return pump.current.ring()
    }
    void begin()
    let later: ReturnType<typeof setTimeout> | undefined
    let last = 0
    const show = () => {
      clearTimeout(later)
      later = undefined
      setHeard((before) => Math.max(before, last))
    }
    const stop = live.follow({
      topic: { kind: 'log', project, types: RUN_TYPES },
      from: queries.getQueryData(runQuery(id).queryKey)?.position ?? null,
      async read(anew) {
        const { position } = await queries.fetchQuery({ ...runQuery(id), staleTime: 0 })
        void (anew ? begin() : pump.current?.ring())
        return position
      },
      events(events) {
        const own = events.filter(({ aggregate_id }) => aggregate_id === id)
        if (own.length === 0) return
        last = own.at(-1)!.position
        void pump.current?.ring()
        if (own.some(({ aggregate_type }) => aggregate_type === 'run')) show()
        else later ??= setTimeout(show, SUMS_MS)
      },
      refused: () => setDeaf(true),
    })
    return () => {
      clearTimeout(later)
      stop()
      pump.current?.stop()
    }
  }, [queries, project, id, loaded])

  const look = useCallback(() => {
    void pump.current?.ring()
    void queries.invalidateQueries({ queryKey: runQuery(id).queryKey })
  }, [queries, id])
  const over = query.data?.released === true
  useEffect(() => {
    if (over) return
    const timer = setInterval(() => {
      if (deaf || live.status.getState().link !== 'live') look()
    }, UNHEARD_MS)
    return () => clearInterval(timer)
  }, [over, deaf, look])

  /** Reads what was just written. */
  const seen = async (position: number | null | undefined) => {
    void pump.current?.ring()
    if (position != null) queries.setQueryData(runQuery(id).queryKey, await readRun(id, position))
  }
  return { run: query.data, query, story, look, seen }
}
