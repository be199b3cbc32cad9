/** All that happened in a run, as it happens; or as it was, for who looks back. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useKeys } from '../shell/useKeys'
import { Failed, Loading } from '../ui/states'
import { many } from './amounts'
import { createFolds, Folds } from './folds'
import { ReplayBar } from './ReplayBar'
import { Rows, type RowsHandle } from './Rows'
import { begunBy, upTo } from './trajectory'
import type { Replay } from './useReplay'
import type { Story } from './useRun'

interface TrajectoryViewProps {
  story: Story
  /** How many events there were when its head was read. */
  expected: number
  ended: boolean
  replay: Replay
  again(): void
}

export function TrajectoryView({ story, expected, ended, replay, again }: TrajectoryViewProps) {
  const { whole, error } = story
  const read = story.trajectory.positions.length
  const trajectory = story.end ?? story.trajectory
  const [folds] = useState(createFolds)
  const list = useRef<RowsHandle>(null)
  /** Who reads further up is not disturbed: up to here is shown. */
  const [held, setHeld] = useState<number | null>(null)
  const past = replay.position !== null
  const until = replay.position ?? held ?? Number.POSITIVE_INFINITY
  const rows = useMemo(() => begunBy(trajectory, until), [trajectory, until])
  const fresh = held === null ? 0 : trajectory.positions.length - upTo(trajectory.positions, held)

  // Where one stands in the past is the end of what is shown.
  useEffect(() => {
    if (past) list.current?.toEnd()
  }, [replay.position])
  const toEnd = () => list.current?.toEnd()
  useKeys('Run', [
    { keys: 'Space', does: 'Play, or pause', run: replay.toggle },
    { keys: 'ArrowLeft', does: 'A step back', run: () => replay.by(-1) },
    { keys: 'ArrowRight', does: 'A step on', run: () => replay.by(1) },
    { keys: 'End', does: 'To the newest, and follow it', run: () => (past ? replay.live() : toEnd()) },
    { keys: 'Escape', does: 'Back to live', run: replay.live },
  ])

  if (trajectory.rows.length === 0) {
    if (error) return <Failed error={error} again={again} />
    if (!whole) return <Loading what="what happened" />
    return <p className="p-4 text-ink-2">{ended ? 'Nothing was seen of its agent.' : 'Nothing has happened yet. What its agent says and does appears here.'}</p>
  }
  const unread = Math.max(0, expected - read)
  return (
    <Folds value={folds}>
      {past && (
        <p role="status" className="shrink-0 bg-past px-3 py-1 text-xs text-past-ink">
          <span className="font-semibold">The past.</span> Below stands what had happened by then; what is around it is as of now.
        </p>
      )}
      {!whole && (
        <p role="status" className="shrink-0 border-b border-line bg-sunk px-3 py-1 text-xs text-ink-2">
          {story.end ? 'Below stands the end. Reading what came before it' : 'Reading what happened'}: {many(read, 'step')} so far{unread > 0 && `, about ${unread.toLocaleString('en')} more`} …
        </p>
      )}
      <Rows ref={list} {...{ rows, until, whole }} onReading={(reading) => setHeld(reading && !past ? (trajectory.positions.at(-1) ?? null) : null)} />
      {error != null && <Failed error={error} again={again} />}
      {held !== null && !past && !ended && (
        <button
          type="button"
          onClick={toEnd}
          className="mx-auto my-1 flex h-7 shrink-0 items-center gap-2 rounded-md border border-line-strong bg-raised px-3 text-xs font-semibold"
        >
          Paused{fresh > 0 && `, ${fresh.toLocaleString('en')} new`}
          <span className="font-normal text-ink-2">to the end ↓</span>
        </button>
      )}
      <ReplayBar replay={replay} times={trajectory.times} />
    </Folds>
  )
}
