/** Whose run it is, how far it is, and what to do about how it ended. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { taskQuery } from '../api/reads'
import type { Run } from '../api/types'
import { usd } from '../spec/money'
import { Glyph } from '../ui/Glyph'
import { shortId } from '../ui/Id'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { took } from './amounts'
import { plain } from './plain'
import { Report } from './Report'
import { levelWords, nextOf, runFace } from './words'

interface RunHeadProps {
  project: string
  run: Run
  /** What can be done with it. */
  actions: ReactNode
}

export function RunHead({ project, run, actions }: RunHeadProps) {
  const { data: task } = useQuery(taskQuery(run.task))
  const { state, word } = runFace(run)
  const title = task ? steady(task.title) : 'A task'
  return (
    <header className="shrink-0 border-b border-line px-4 pt-3 pb-2">
      <p className="mb-1 flex flex-wrap items-center gap-2 text-xs text-ink-2">
        <Link to="/p/$project/runs" params={{ project }} className="underline">
          Runs
        </Link>
        <span className="font-mono" title={run.id}>
          {shortId(run.id)}
        </span>
        <span>epoch {run.epoch}</span>
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <h1 className="said min-w-0 flex-1 basis-64 text-lg font-semibold">
          <span className="mr-2 font-mono text-sm font-normal">{task?.number}</span>
          {task ? (
            <Link to="/p/$project/t/$ticket" params={{ project, ticket: task.ticket }} className="underline decoration-line-strong underline-offset-3 hover:decoration-ink">
              {title}
            </Link>
          ) : (
            title
          )}
        </h1>
        {actions}
      </div>
      <p className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="flex items-center gap-1.5 font-semibold">
          <Glyph state={state} label={null} />
          {word}
        </span>
        <span>
          {plain(run.agent)} <span className="text-ink-2">by {plain(run.driver)}</span>
          {run.agent_version && <span className="text-ink-3"> {plain(run.agent_version)}</span>}
        </span>
        {run.level && (
          <span className="text-ink-2" title={levelWords(run.level)}>
            sandbox: {run.level}
          </span>
        )}
        {run.place && (
          <span className="said min-w-0 font-mono text-xs">
            {plain(run.place.branch)} <span className="text-ink-3">from {run.place.base.slice(0, 10)}</span>
          </span>
        )}
        <span className="text-ink-2">
          began <When at={run.created_at} />
          {run.ended_at && `, took ${took(Date.parse(run.ended_at) - Date.parse(run.created_at))}`}
        </span>
        {run.cost > 0 && <span className="font-mono text-xs">{usd(run.cost)}</span>}
      </p>
      <Outcome run={run} />
      {run.evidence?.report && <Report report={run.evidence.report} />}
    </header>
  )
}

function Outcome({ run }: { run: Run }) {
  const { progress } = run
  if (progress.status === 'stopping') return <p className="said mt-1.5 text-sm text-ink-2">It was told to stop: {plain(progress.reason)}</p>
  if (progress.status !== 'ended') {
    return run.sandbox_lost ? <p className="mt-1.5 text-sm text-failed">Its sandbox went away under it.</p> : null
  }
  // What was found out stands below: there is no branch to merge.
  const next = run.evidence?.report ? null : nextOf(progress)
  return (
    <div role="note" aria-label="How it ended" className="mt-2 rounded-md border border-line bg-raised px-3 py-2 text-sm">
      <p className="said">
        <span className="font-semibold inline-block first-letter:uppercase">{plain(progress.reason)}</span> <span className="font-mono text-xs text-ink-3">{progress.code}</span>
      </p>
      {next && <p className="said text-ink-2">{next}</p>}
    </div>
  )
}
