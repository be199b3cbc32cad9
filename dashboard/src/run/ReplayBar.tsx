/** The slider over all that happened: drag it and the run is shown as it was. Citron says that this is not now. */
import { Button } from '../ui/Button'
import { clock } from '../ui/time'
import { SPEEDS } from './replay'
import type { Replay } from './useReplay'

interface ReplayBarProps {
  replay: Replay
  times: readonly number[]
}

export function ReplayBar({ replay, times }: ReplayBarProps) {
  const { step, steps, playing, speed } = replay
  if (steps === 0) return null
  const at = step ?? steps - 1
  const past = step !== null
  const when = clock(new Date(times[at] ?? 0).toISOString()).slice(0, 8)
  const told = `Step ${(at + 1).toLocaleString('en')} of ${steps.toLocaleString('en')}, ${when}`
  return (
    <div role="group" aria-label="Replay" className={`flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t px-3 py-1.5 ${past ? 'border-past bg-past text-past-ink' : 'border-line bg-sunk'}`}>
      <Button aria-pressed={playing} className="w-16" title={`${playing ? 'Pause' : 'Play'} (Space)`} onClick={replay.toggle}>
        {playing ? 'Pause' : 'Play'}
      </Button>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={`${told}${past ? ', past' : ', now'}`}
        min={0}
        max={steps - 1}
        value={at}
        className={`h-6 min-w-32 flex-1 ${past ? 'accent-past-ink' : 'accent-ink'}`}
        onChange={(event) => replay.go(Number(event.target.value))}
        onKeyDown={(event) => {
          if (event.key !== ' ') return
          event.preventDefault()
          replay.toggle()
        }}
      />
      <span className="font-mono text-xs whitespace-nowrap">
        {(at + 1).toLocaleString('en')} / {steps.toLocaleString('en')} · {when}
      </span>
      <label className="flex items-center gap-1 text-xs">
        Speed
        <select
          value={speed}
          className="h-6 rounded-md border border-line-strong bg-raised px-1 text-ink"
          onChange={(event) => replay.setSpeed(Number(event.target.value) as typeof speed)}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      {past && (
        <Button kind="primary" title="Back to live (Escape)" onClick={replay.live}>
          Back to live
        </Button>
      )}
    </div>
  )
}
