/** Planning stands still: why, what that has to do with money, and the way on. */
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Spec } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'
import { COUNTED, usd } from './money'
import { phaseWord } from './words'

const Resume = lazy(() => import('./Resume'))

type Halt = Extract<Spec, { status: 'halted' }>

interface HaltedProps {
  spec: Spec
  seen(position?: number | null): Promise<void>
}

export function Halted({ spec, seen }: HaltedProps) {
  if (spec.status !== 'halted') return null
  return spec.reason.kind === 'no_model' ? (
    <Box {...{ spec, seen }} title="no model can be asked" doing="Try again …">
      <p className="said">{spec.reason.message}</p>
    </Box>
  ) : (
    <TooSmall {...{ spec, seen }} />
  )
}

/** Of a halt that was noted before it said so, it is not known what the call needed. */
function TooSmall({ spec, seen }: HaltedProps & { spec: Halt }) {
  const budget = spec.budget ?? 0
  const spent = spec.calls.cost
  const needs = spec.reason.kind === 'budget_exhausted' ? spec.reason.needs : null
  return (
    <Box {...{ spec, seen }} title="the budget is too small" doing="Raise the budget …">
      <p>
        The next call to a model could cost more than the <Money of={Math.max(0, budget - spent)} /> that are left
        {spent > 0 && (
          <>
            {' '}
            of <Money of={budget} />
          </>
        )}
        .
      </p>
      {needs != null && (
        <p>
          It is counted with <Money of={needs} /> before it begins, so a budget of <Money of={enough(spent + needs)} /> is enough for it.
        </p>
      )}
      <p className="text-xs text-ink-2">
        {COUNTED} At 10 dollars for a million tokens these alone are 16 cents. Of that only what the call did cost stays spent.
      </p>
    </Box>
  )
}

/** Up to a whole cent. */
const enough = (micro: number): number => Math.ceil(micro / 1e4) * 1e4

function Money({ of }: { of: number }) {
  return <span className="font-mono">{usd(of, 3)}</span>
}

function Box({ spec, seen, title, doing, children }: HaltedProps & { spec: Halt; title: string; doing: string; children: ReactNode }) {
  const [asks, setAsks] = useState(false)
  const looking = useOnlyLooking()
  return (
    <section aria-label="Halted" className="mb-5 flex max-w-full flex-col items-start gap-2 rounded-lg border border-line-strong bg-raised p-3">
      <p className="flex items-start gap-2 font-semibold">
        <span className="pt-0.5">
          <Glyph state="paused" label={null} />
        </span>
        Planning stands still before {phaseWord(spec.phase).toLowerCase()}: {title}
      </p>
      <div className="flex max-w-[72ch] flex-col gap-2">{children}</div>
      {looking ? (
        <OnlyLooking why={looking} />
      ) : (
        <Button kind="primary" onClick={() => setAsks(true)}>
          {doing}
        </Button>
      )}
      {asks && (
        <Suspense>
          <Resume {...{ spec, seen }} onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </section>
  )
}
