/** Marks of state. The shape says it, also in grey; colour only helps. */

export type State = 'queued' | 'running' | 'waiting' | 'blocked' | 'failed' | 'done' | 'paused' | 'cancelled'

const COLOUR: Record<State, string> = {
  queued: 'text-queued',
  running: 'text-running',
  waiting: 'text-waiting',
  blocked: 'text-blocked',
  failed: 'text-failed',
  done: 'text-done',
  paused: 'text-ink-3',
  cancelled: 'text-ink-3',
}

export const WORD: Record<State, string> = {
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waits for you',
  blocked: 'Blocked',
  failed: 'Failed',
  done: 'Done',
  paused: 'Paused',
  cancelled: 'Cancelled',
}

interface GlyphProps {
  state: State
  /** What it means here; the state's own word without it. `null` when the word stands beside it. */
  label?: string | null
}

export function Glyph({ state, label = WORD[state] }: GlyphProps) {
  return (
    <svg
      viewBox="0 0 14 14"
      className={`size-3.5 shrink-0 ${COLOUR[state]}`}
      {...(label === null ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {label !== null && <title>{label}</title>}
      {SHAPE[state]}
    </svg>
  )
}

const ring = { cx: 7, cy: 7, r: 5, fill: 'none', stroke: 'currentColor', strokeWidth: 1.6 }
const mark = { fill: 'none', stroke: 'var(--raised)', strokeWidth: 1.6, strokeLinecap: 'round' } as const
const SHAPE: Record<State, React.ReactNode> = {
  queued: <circle {...ring} strokeDasharray="2.2 1.73" />,
  running: (
    <>
      <circle {...ring} />
      <path d="M7 2a5 5 0 0 1 0 10z" fill="currentColor" />
    </>
  ),
  waiting: <path d="M7 2.4 12.4 11.8H1.6z" fill="none" stroke="currentColor" strokeWidth={1.6} strokeLinejoin="round" />,
  blocked: <path d="M7 1 13 7 7 13 1 7z" fill="currentColor" />,
  failed: (
    <>
      <circle cx={7} cy={7} r={6} fill="currentColor" />
      <path d="m4.8 4.8 4.4 4.4m0-4.4-4.4 4.4" {...mark} />
    </>
  ),
  done: (
    <>
      <circle cx={7} cy={7} r={6} fill="currentColor" />
      <path d="m4.3 7.2 2 2 3.5-4.1" {...mark} />
    </>
  ),
  paused: <path d="M4.5 3v8m5-8v8" stroke="currentColor" strokeWidth={2} />,
  cancelled: (
    <>
      <circle {...ring} />
      <path d="M3.6 10.4 10.4 3.6" stroke="currentColor" strokeWidth={1.6} />
    </>
  ),
}
