/** The profiles of agents: what each does now, and what came of what it did. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Agent, AgentProfile, Run, RunName, RunSandbox } from '../api/types'
import { plain } from '../run/plain'
import { runFace } from '../run/words'
import { usd } from '../spec/money'
import { Glyph } from '../ui/Glyph'
import { shortId } from '../ui/Id'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { Health } from './Health'
import { Profile } from './Profile'
import { type Entry, entriesOf } from './roster'
import { Trust } from './Trust'

interface AgentsProps {
  agents: readonly Agent[]
  profiles: readonly AgentProfile[]
  sandboxes: readonly RunSandbox[]
  /** Also those that had no run. */
  all: boolean
}

export function Agents({ agents, profiles, sandboxes, all }: AgentsProps) {
  const going = sandboxes.filter(({ name }) => name !== null && name.status !== 'ended')
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
      {entriesOf(agents, profiles)
        .filter(({ agent }) => all || agent)
        .map((entry) => (
          <Line key={entry.name} entry={entry} now={going.filter(({ name }) => name?.agent === entry.name)} />
        ))}
    </ul>
  )
}

function Line({ entry: { name, agent, profile }, now }: { entry: Entry; now: readonly RunSandbox[] }) {
  // What it said last in a run is older than what it says now.
  const version = profile?.version ?? agent?.version
  return (
    <li className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_12rem] items-start gap-x-4 gap-y-1 px-3 py-2 max-sm:grid-cols-1">
      <div className={`flex min-w-0 flex-col gap-0.5 ${agent ? '' : 'sm:col-span-2'}`}>
        <p className="said">
          <span className="font-semibold">{plain(name)}</span>{' '}
          <span className="text-xs text-ink-2">
            by {plain(agent?.driver ?? profile?.driver ?? '')}
            {version && ` ${plain(version)}`}
          </span>
        </p>
        {agent && <Health agent={agent} />}
        <Profile profile={profile} />
      </div>
      {agent ? <Does agent={agent} now={now} /> : <p className="text-xs text-ink-2 sm:text-right">Has had no run yet.</p>}
      {agent && <Came agent={agent} />}
    </li>
  )
}

function Does({ agent, now }: { agent: Agent; now: readonly RunSandbox[] }) {
  return (
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
  )
}

function Came({ agent }: { agent: Agent }) {
  const badly = agent.failed + agent.timed_out + agent.lost
  return (
    <div className="flex flex-col items-end gap-1 max-sm:flex-row max-sm:items-center max-sm:justify-between">
      <p className="flex flex-wrap items-center gap-x-3 font-mono text-xs">
        <Count state="done" word="succeeded" count={agent.succeeded} />
        <Count state="failed" word="failed, over a limit or lost" count={badly} />
        <Count state="cancelled" word="stopped" count={agent.cancelled} />
        {agent.cost > 0 && <span title="What its model calls cost">{usd(agent.cost)}</span>}
      </p>
      <Trust agent={agent} />
    </div>
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
