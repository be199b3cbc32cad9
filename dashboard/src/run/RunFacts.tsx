/** Beside what happened: its sums, its limits, what its work is worth, what was said to it. */
import type { ReactNode } from 'react'
import type { Run } from '../api/types'
import { usd } from '../spec/money'
import { Glyph } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { Section } from '../ui/Section'
import { When } from '../ui/When'
import { many, took } from './amounts'
import type { Step } from './interventions'
import { plain } from './plain'
import { SteppedIn } from './SteppedIn'

export function RunFacts({ run, steps }: { run: Run; steps: readonly Step[] }) {
  const { seen, limits, evidence } = run
  return (
    <div className="flex flex-col gap-5">
      <Section title="So far">
        <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1 text-xs">
          <Fact name="Turns">{seen.turns.toLocaleString('en')}</Fact>
          <Fact name="Tools">{seen.tools.toLocaleString('en')}</Fact>
          <Fact name="Commands">
            {seen.commands.toLocaleString('en')}
            {seen.failed_commands > 0 && <span className="text-failed"> ({seen.failed_commands.toLocaleString('en')} failed)</span>}
          </Fact>
          <Fact name="Files changed">{seen.files.toLocaleString('en')}</Fact>
          <Fact name="Model calls">
            {seen.calls.begun.toLocaleString('en')}
            {seen.calls.begun > 0 && ` · ${usd(seen.calls.cost)}`}
          </Fact>
          <Fact name="Last seen">{run.last_seen_at ? <When at={run.last_seen_at} /> : 'not yet'}</Fact>
          {run.place && <Fact name="Node">{plain(run.place.node)}</Fact>}
          <Fact name="Started by">{run.by ? <Id id={run.by} /> : 'itself'}</Fact>
        </dl>
      </Section>
      <Section title="Limits">
        <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1 text-xs">
          <Fact name="In all">{took(limits.wall_s * 1000)}</Fact>
          <Fact name="Seen nothing">{took(limits.idle_s * 1000)}</Fact>
          <Fact name="No progress">{took(limits.no_progress_s * 1000)}</Fact>
          <Fact name="Model calls">
            {usd(run.cost)} of {usd(limits.budget)}
          </Fact>
        </dl>
      </Section>
      {evidence && <Evidence evidence={evidence} />}
      <Section title={steps.length > 0 ? `Interventions (${steps.length})` : 'Interventions'}>
        {steps.length > 0 ? <SteppedIn steps={steps} /> : <p className="text-xs text-ink-2">{run.status === 'ended' ? 'Nobody stepped in.' : 'Nobody has stepped in yet.'}</p>}
      </Section>
    </div>
  )
}

function Evidence({ evidence }: { evidence: NonNullable<Run['evidence']> }) {
  return (
    <Section title="Evidence">
      <p className="mb-1 text-xs text-ink-2">
        {many(evidence.files, 'file')}, <span className="font-mono text-done">+{evidence.added}</span> <span className="font-mono text-failed">−{evidence.removed}</span> at{' '}
        <span className="font-mono">{evidence.commit.slice(0, 10)}</span>
      </p>
      <ul className="flex flex-col gap-1">
        {evidence.commands.map(({ cmd, exit, duration_ms }, index) => (
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
      {evidence.restored.length > 0 && <p className="said mt-1 text-xs text-waiting">Put back, because runs may not change it: {plain(evidence.restored.join(', '))}</p>}
    </Section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="said min-w-0 font-mono">{children}</dd>
    </>
  )
}
