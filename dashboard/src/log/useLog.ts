/** The log as the page holds it: read from its end, kept true by the socket. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { type EventFilter, readEventsBefore } from '../api/reads'
import type { RecordedEvent } from '../api/types'
import { live } from '../live'
import type { Topic } from '../live/protocol'
import { type LogWindow, opened, released, withNews, withOlder } from './window'

interface State {
  window: LogWindow | null
  error: unknown
  readsOlder: boolean
}

type Action =
  | { kind: 'opened'; window: LogWindow }
  | { kind: 'news'; events: readonly RecordedEvent[]; to: number; hold: boolean }
  | { kind: 'asks older' }
  | { kind: 'older'; page: readonly RecordedEvent[]; asked: number }
  | { kind: 'release' }
  | { kind: 'failed'; error: unknown }

function reduce(state: State, action: Action): State {
  const { window } = state
  if (action.kind === 'opened') return { window: action.window, error: null, readsOlder: false }
  if (action.kind === 'failed') return { ...state, error: action.error, readsOlder: false }
  if (!window) return state
  switch (action.kind) {
    case 'news': {
      const next = withNews(window, action.events, action.to, action.hold)
      // The position goes on each second; that alone is nothing to draw.
      return next.events === window.events && next.held === window.held ? state : { ...state, window: next }
    }
    case 'asks older':
      return { ...state, readsOlder: true }
    case 'older':
      return { ...state, window: withOlder(window, action.page, action.asked), readsOlder: false }
    case 'release':
      return { ...state, window: released(window) }
  }
}

const FIRST_PAGE = 200
const OLDER_PAGE = 500

/** `reading` says whether somebody reads further up, so that what comes must wait. */
export function useLog(filter: EventFilter, topic: Topic, reading: () => boolean) {
  const [state, dispatch] = useReducer(reduce, { window: null, error: null, readsOlder: false })
  const [attempt, setAttempt] = useState(0)
  const isReading = useRef(reading)
  isReading.current = reading
  const key = JSON.stringify([filter, topic])

  const last = useRef({ filter, topic, key })
  last.current = { filter, topic, key }

  const open = useCallback(async () => {
    const asked = last.current
    const { events } = await readEventsBefore(asked.filter, undefined, FIRST_PAGE)
    // The answer to a filter that is not shown any more must not take the place of the newer one's.
    if (asked.key !== last.current.key) throw new DOMException('another filter is shown', 'AbortError')
    const window = opened(events, FIRST_PAGE)
    dispatch({ kind: 'opened', window })
    return window.to
  }, [])

  useEffect(() => {
    let stop = () => {}
    let gone = false
    open()
      .then((from) => {
        if (gone) return
        stop = live.follow({
          topic: last.current.topic,
          from,
          read: open,
          events: (events, to) => dispatch({ kind: 'news', events, to, hold: isReading.current() }),
          refused: (words) => dispatch({ kind: 'failed', error: new Error(words) }),
        })
      })
      .catch((error: unknown) => !gone && dispatch({ kind: 'failed', error }))
    return () => {
      gone = true
      stop()
    }
  }, [key, open, attempt])

  const older = useCallback(async (before: number) => {
    dispatch({ kind: 'asks older' })
    const asked = last.current
    try {
      const { events } = await readEventsBefore(asked.filter, before, OLDER_PAGE)
      if (asked.key === last.current.key) dispatch({ kind: 'older', page: events, asked: OLDER_PAGE })
    } catch (error) {
      dispatch({ kind: 'failed', error })
    }
  }, [])
  const release = useCallback(() => dispatch({ kind: 'release' }), [])
  // Reading again also follows again: after a first read that failed nothing is followed yet.
  const again = useCallback(() => setAttempt((last) => last + 1), [])

  return { ...state, older, release, again }
}
