/** Is what is shown what is so? One button says it, and holds the page still or asks for another try. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { live } from '../live'
import type { LiveStatus } from '../live/status'
import { togglePause } from './pause'

export function LiveState() {
  const status = useStore(live.status)
  const seconds = useSecondsTo(status.retryAt)
  const { word, detail, state } = describe(status, seconds)
  return (
    <div className="flex min-w-0 items-center gap-1 max-sm:shrink-0">
      <button
        type="button"
        className="flex h-7 min-w-0 items-center gap-1.5 rounded-md px-2 font-mono text-xs whitespace-nowrap hover:bg-sunk"
        title={status.link === 'live' ? 'Hold the page still (Shift+L)' : 'Try again now'}
        onClick={() => (status.link === 'live' || status.paused ? togglePause() : live.retryNow())}
      >
        <Dot state={state} />
        <span className="shrink-0 font-semibold">{word}</span>
        <span className={`truncate text-ink-2 max-sm:sr-only ${state === 'away' ? 'font-sans' : ''}`}>{detail}</span>
      </button>
    </div>
  )
}

type Look = 'live' | 'held' | 'away'

/** The words of the state. Only LIVE is in capitals: it is the one that needs no reading. */
export function describe(status: LiveStatus, seconds: number | null): { word: string; detail: string; state: Look } {
  const { link, paused, held, position, why } = status
  if (paused) return { word: 'Paused', detail: held > 0 ? `${held.toLocaleString('en')} new` : '', state: 'held' }
  if (link === 'live') return { word: 'LIVE', detail: position === null ? '' : `#${position.toLocaleString('en')}`, state: 'live' }
  if (link === 'connecting') return { word: 'Not live', detail: 'connecting …', state: 'away' }
  const reason = why ? `${why.replace(/\.$/, '')}` : ''
  const again = seconds === null ? '' : `again in ${seconds} s`
  return { word: 'Not live', detail: [reason, again].filter(Boolean).join(', '), state: 'away' }
}

function Dot({ state }: { state: Look }) {
  return (
    <svg viewBox="0 0 10 10" className={`size-2.5 shrink-0 ${state === 'live' ? 'text-done' : state === 'held' ? 'text-ink-2' : 'text-waiting'}`} aria-hidden="true">
      {state === 'live' && <circle cx={5} cy={5} r={3.2} fill="currentColor" />}
      {state === 'held' && <path d="M3 1.5v7M7 1.5v7" stroke="currentColor" strokeWidth={2} />}
      {state === 'away' && <circle cx={5} cy={5} r={3.4} fill="none" stroke="currentColor" strokeWidth={1.6} strokeDasharray="2.4 1.6" />}
    </svg>
  )
}

function useSecondsTo(at: number | null): number | null {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (at === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? null : Math.max(0, Math.ceil((at - now) / 1000))
}
