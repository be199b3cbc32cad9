/** Where somebody stands who looks back in a run, and what plays it. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { marksOf, type Playing, played, type Speed } from './replay'
import type { Trajectory } from './trajectory'

const EACH_MS = 100

export interface Replay {
  /** The step that is shown, from 0; `null` for now. */
  step: number | null
  steps: number
  /** The position of the log up to which is shown; `null` for now. */
  position: number | null
  playing: boolean
  speed: Speed
  go(step: number): void
  /** So many steps on, or back. */
  by(steps: number): void
  toggle(): void
  setSpeed(speed: Speed): void
  live(): void
}

export function useReplay({ positions, times }: Trajectory): Replay {
  const [at, setAt] = useState<Playing | null>(null)
  const [playing, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<Speed>(1)
  const marks = useMemo(() => (playing ? marksOf(times) : []), [playing, times])
  const known = useRef({ marks, speed })
  known.current = { marks, speed }
  const last = positions.length - 1

  useEffect(() => {
    if (!playing) return
    let before = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const elapsed = now - before
      before = now
      setAt((at) => at && played(known.current.marks, at, elapsed, known.current.speed))
    }, EACH_MS)
    return () => clearInterval(timer)
  }, [playing])
  const step = at && Math.min(at.step, last)
  useEffect(() => {
    if (step !== null && step >= last) setPlaying(false)
  }, [step, last])

  const go = useCallback((step: number) => setAt({ step: Math.min(Math.max(0, step), Math.max(0, last)), waited: 0 }), [last])
  const by = useCallback((steps: number) => {
    setPlaying(false)
    setAt((at) => ({ step: Math.min(Math.max(0, (at?.step ?? last) + steps), Math.max(0, last)), waited: 0 }))
  }, [last])
  const live = useCallback(() => {
    setPlaying(false)
    setAt(null)
  }, [])
  const toggle = useCallback(() => {
    // Who plays from the end wants to see it from the beginning.
    setAt((at) => (at && at.step < last ? at : { step: 0, waited: 0 }))
    setPlaying((playing) => !playing)
  }, [last])

  return { step, steps: positions.length, position: step === null ? null : (positions[step] ?? 0), playing, speed, go, by, toggle, setSpeed, live }
}
