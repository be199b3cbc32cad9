/** What a build has done so far: each step with what came of it. */
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { type Step, STEPS } from './course'
import type { Shown } from './useBuild'
import { STATE, WORD } from './words'

const WAITS: Step = { state: 'waits' }

export function Steps({ steps }: { steps: Shown }) {
  if (Object.keys(steps).length === 0) return null
  return (
    <ol aria-label="Steps of the build" className="mb-4 divide-y divide-line rounded-lg border border-line bg-raised">
      {STEPS.map((name) => {
        const step = steps[name] ?? WAITS
        const { state, label } = STATE[step.state]
        return (
          <li key={name} className="flex min-h-(--row) items-start gap-2 px-3 py-1.5">
            <span className="pt-0.5">
              <Glyph state={state} label={label} />
            </span>
            <span className="min-w-0">
              {WORD[name]}
              {'words' in step && <span className={`said block text-xs ${step.state === 'refused' ? 'text-failed' : 'text-ink-2'}`}>{steady(step.words)}</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
