/** The profiles of agents: what each does now, and what came of what it did. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Agent, Run, RunName, RunSandbox } from '../api/types'
import { plain } from '../run/plain'
import { runFace } from '../run/words'
import { usd } from '../spec/money'
import { Glyph } from '../ui/Glyph'
import { shortId } from '../ui/Id'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { Health } from './Health'

export function Agents({ agents, sandboxes }: { agents: readonly Agent[]; sandboxes: readonly RunSandbox[] }) {
  const going = sandboxes.filter(({ name }) => name !== null && name.status !== 'ended')
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
      {agents.map((agent) => (
        <Line key={agent.name} agent={agent} now={going.filter(({ name }) => name?.agent === agent.name)} />
      ))}
    </ul>
  )
}

function Line({ agent, now }: { agent: Agent; now: readonly RunSandbox[] }) {
  const badly = agent.failed + agent.timed_out + agent.lost
  return (
    <li className="grid grid-cols-[minmax(8rem,1fr)_minmax(10rem,2fr)_auto] items-start gap-x-4 gap-y-1 px-3 py-2 max-sm:grid-cols-1">
      <div className="min-w-0">
        <p className="said font-semibold">{plain(agent.name)}</p>
        <p className="said text-xs text-ink-2">
          by {plain(agent.driver)}
          {agent.version && ` ${plain(agent.version)}`}
        </p>
        <Health agent={agent} />
      </div>
      <div className="min-w-0 text-xs">
        {agent.running === 0 && <p className="min-h-6 text-ink-2">Does nothing now</p>}
        {now.map(({ run, project, branch, name }) => (
          <p key={run} className="flex min-h-6 items-center gap-1.5">
            {name && <Glyph state={runFace(name).state} label={runFace(name).word} />}
            <ToRun run={{ id: run, project }}>{name ? <Named name={name} /> : plain(branch)}</ToRun>
          </p>
        ))}
        {agent.running > now.length && <p className="min-h-6 text-ink-2">{now.length > 0 ? `and ${agent.running - now.length} more` : `${agent.running} going on`}</p>}
        <p className="flex min-h-6 flex-wrap items-center gap-x-1.5 text-ink-2">
          Last run <LastRun agent={agent} /> <When at={agent.last_run_at} />
        </p>
      </div>
      <p className="flex flex-wrap items-center gap-x-3 font-mono text-xs">
        <Count state="done" word="succeeded" count={agent.succeeded} />
        <Count state="failed" word="failed, over a limit or lost" count={badly} />
        <Count state="cancelled" word="stopped" count={agent.cancelled} />
        {agent.cost > 0 && <span title="What its model calls cost">{usd(agent.cost)}</span>}
      </p>
    </li>
  )
}

function Count({ state, word, count }: { state: 'done' | 'failed' | 'cancelled'; word: string; count: number }) {
  return (
    <span className="flex items-center gap-1" title={`${count} ${word}`}>
      <Glyph state={state} label={word} />
      {count.toLocaleString('en')}
    </span>
  )
}

function LastRun({ agent: { last_run: id, last } }: { agent: Agent }) {
  if (!last) return <span className="font-mono">{shortId(id)}</span>
  return (
    <ToRun run={{ id, project: last.project }}>
      <Named name={last} /> {runFace(last).word.toLowerCase()}
    </ToRun>
  )
}

/** A run as people call it: by its task. */
export function Named({ name: { number, title } }: { name: RunName }) {
  return (
    <span className="said min-w-0">
      <span className="font-mono">{number ?? 'a task'}</span> {title && steady(title)}
    </span>
  )
}

/** A run has its page within its project. */
export function ToRun({ run: { id, project }, children }: { run: Pick<Run, 'id' | 'project'>; children: ReactNode }) {
  if (!project) return <span>{children}</span>
  return (
    <Link to="/p/$project/runs/$run" params={{ project, run: id }} className="said inline-flex min-h-6 min-w-0 items-center gap-1 underline decoration-line-strong underline-offset-3 hover:decoration-ink">
      {children}
    </Link>
  )
}
