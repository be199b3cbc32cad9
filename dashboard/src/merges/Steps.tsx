/** The steps of a merge, the newest first: what was brought in, with which commands it was verified, and what spoilt it. */
import { useState } from 'react'
import type { Merge, MergeStep } from '../api/merges'
import { many, took } from '../run/amounts'
import { plain } from '../run/plain'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { When } from '../ui/When'
import { Commit } from './Commit'
import { culpritWords, numberOf, outcomeFace } from './words'

const FIRST = 5

export function Steps({ merge }: { merge: Merge }) {
  const [all, setAll] = useState(false)
  if (merge.steps.length === 0) return <p className="text-ink-2">None yet. In a step candidates are brought into the branch together, and all of it is verified.</p>
  const newest = merge.steps.toSorted((a, b) => b.step - a.step)
  return (
    <>
      <ul aria-label="Steps" className="divide-y divide-line rounded-lg border border-line bg-raised">
        {newest.slice(0, all ? undefined : FIRST).map((step) => (
          <Step key={step.step} {...{ merge, step }} />
        ))}
      </ul>
      {!all && newest.length > FIRST && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {newest.length}
        </Button>
      )}
    </>
  )
}

function Step({ merge, step }: { merge: Merge; step: MergeStep }) {
  const { state, word } = outcomeFace(step.outcome)
  const culprit = culpritWords(merge, step)
  return (
    <li className="px-3 py-1.5">
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="flex items-center gap-1.5 font-semibold">
          <Glyph state={state} label={null} />
          Step {step.step} {word}
        </span>
        <span className="said min-w-0 font-mono text-xs">{step.tasks.length > 0 ? step.tasks.map((task) => plain(numberOf(merge, task))).join(', ') : `what ${merge.target ? plain(merge.target) : 'the default branch'} has become`}</span>
        <span className="ml-auto text-xs text-ink-2">
          {many(step.verifications, 'verification')} at <Commit of={step.head} />, <When at={step.at} />
        </span>
      </p>
      {culprit && (
        <p className="said text-xs">
          Found by halving: <span className="font-mono font-semibold">{plain(culprit)}</span>
          {step.with ? '. Each is green without the other.' : '.'}
        </p>
      )}
      <ul className="mt-1 flex flex-col gap-1">
        {step.commands.map(({ cmd, exit, duration_ms }, index) => (
          <li key={index} className="flex items-start gap-2 text-xs">
            <span className="pt-px">
              <Glyph state={exit === 0 ? 'done' : 'failed'} label={exit === 0 ? 'Succeeded' : 'Failed'} />
            </span>
            <span className="said min-w-0">
              <code className="font-mono">{plain(cmd)}</code>{' '}
              <span className="text-ink-2">
                exit {exit}, {took(duration_ms)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </li>
  )
}
