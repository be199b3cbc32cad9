/** What is wanted: an idea in somebody's words, or a plan in files. Whichever is not shown keeps what was filled in. */
import type { ReactNode } from 'react'
import { Gates } from '../project/Gates'
import { PlanChooser } from '../project/PlanChooser'
import type { Plan } from '../project/planFiles'
import { Button } from '../ui/Button'
import { TextArea } from '../ui/Field'

export type Way = 'idea' | 'plan'

interface WantedProps {
  way: Way
  plan: Plan
  fault: ReactNode
  /** Nobody here can plan an idea. */
  noModel: boolean
  onWay(way: Way): void
  onPlan(plan: Plan): void
}

const WAYS: readonly (readonly [Way, string])[] = [
  ['idea', 'An idea'],
  ['plan', 'A plan in files'],
]

export function Wanted({ way, plan, fault, noModel, onWay, onPlan }: WantedProps) {
  return (
    <>
      <div role="group" aria-label="What is there" className="mb-3 flex gap-2">
        {WAYS.map(([one, word]) => (
          <Button key={one} aria-pressed={way === one} className="aria-pressed:bg-sunk aria-pressed:font-semibold" onClick={() => onWay(one)}>
            {word}
          </Button>
        ))}
      </div>
      <div hidden={way !== 'idea'}>
        <TextArea label="The idea, in your words" name="idea" rows={7} maxLength={20000} fault={fault} hint="A model plans it." />
        {noModel && (
          <Button className="mb-3" onClick={() => onWay('plan')}>
            Bring a plan along instead
          </Button>
        )}
      </div>
      <div hidden={way !== 'plan'}>
        <PlanChooser plan={plan} nothing="nothing was handed in" onPlan={onPlan} />
      </div>
      {/* By the way it is another choice, as for `omoi build`: what a model plans is looked at, what a person wrote was. */}
      <Gates key={way} usual={way === 'idea' ? 'review' : 'auto'} />
    </>
  )
}
