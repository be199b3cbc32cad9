/** The part of the log that the page holds: a window onto its end, older events when asked for. Pure. */
import type { RecordedEvent } from '../api/types'

export interface LogWindow {
  /** By position, each once. */
  readonly events: readonly RecordedEvent[]
  /** There is nothing before the first. */
  readonly whole: boolean
  /** Came while somebody was reading further up. */
  readonly held: readonly RecordedEvent[]
  /** Everything up to here was heard of, whether or not the filter shows it. */
  readonly to: number
}

/** Memory is bounded: who follows the log for a day does not keep a day of it. */
export const MOST = 20_000

/** A window that begins with a page read backwards: newest first. */
export function opened(page: readonly RecordedEvent[], asked: number): LogWindow {
  const events = page.toReversed()
  return { events, whole: page.length < asked, held: [], to: events.at(-1)?.position ?? 0 }
}

/** With a page of older events, newest first. */
export function withOlder(window: LogWindow, page: readonly RecordedEvent[], asked: number): LogWindow {
  const first = window.events[0]?.position ?? Number.POSITIVE_INFINITY
  const older = page.filter(({ position }) => position < first).toReversed()
  return { ...window, events: [...older, ...window.events], whole: page.length < asked }
}

/** With what just happened; held back when somebody reads further up. */
export function withNews(window: LogWindow, news: readonly RecordedEvent[], to: number, hold: boolean): LogWindow {
  const last = window.held.at(-1)?.position ?? window.events.at(-1)?.position ?? 0
  const fresh = news.filter(({ position }) => position > last)
  const next = Math.max(window.to, to)
  if (fresh.length === 0) return next === window.to ? window : { ...window, to: next }
  const held = [...window.held, ...fresh]
  return hold ? { ...window, held, to: next } : released({ ...window, held, to: next })
}

/** With all that was held back. What is too much goes at the old end. */
export function released(window: LogWindow): LogWindow {
  if (window.held.length === 0) return window
  const all = [...window.events, ...window.held]
  const events = all.slice(-MOST)
  return { ...window, events, held: [], whole: window.whole && events.length === all.length }
}
