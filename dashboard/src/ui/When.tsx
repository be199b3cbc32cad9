/** A time: short to read, exact on hover and for machines. All of them share one clock. */
import { useSyncExternalStore } from 'react'
import { ago, day } from './time'

const EACH_MS = 10_000

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const watchers = new Set<() => void>()

function watch(changed: () => void): () => void {
  watchers.add(changed)
  now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const tick of watchers) tick()
  }, EACH_MS)
  return () => {
    watchers.delete(changed)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** A time to come, to the minute. */
export function Until({ at }: { at: string }) {
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {day(at).slice(0, 16)}
    </time>
  )
}

export function When({ at }: { at: string }) {
  const read = useSyncExternalStore(watch, () => now)
  return (
    <time dateTime={at} title={day(at)} className="whitespace-nowrap">
      {ago(at, read)}
    </time>
  )
}
