/** The runs of a project, newest first. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { taskQuery } from '../api/reads'
import type { RunLine } from '../api/types'
import { took } from '../run/amounts'
import { plain } from '../run/plain'
import { runFace } from '../run/words'
import { usd } from '../spec/money'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { STATES, type RunSearch, shows } from './filter'

interface RunListProps {
  project: string
  runs: readonly RunLine[]
  search: RunSearch
  onSearch(next: RunSearch): void
  /** Reads those before; `null` when all are here. */
  older: (() => void) | null
  busy: boolean
}

export function RunList({ project, runs, search, onSearch, older, busy }: RunListProps) {
  const shown = runs.filter((run) => shows(search, run))
  const filtered = shown.length < runs.length
  return (
    <>
      <Filter {...{ runs, search, onSearch }} />
      {filtered && (
        <p role="status" className="mb-2 text-xs text-ink-2">
          {shown.length} of the {runs.length.toLocaleString('en')} newest runs.
        </p>
      )}
      {shown.length > 0 ? (
        <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
          {shown.map((run) => (
            <Line key={run.id} {...{ project, run }} />
          ))}
        </ul>
      ) : (
        <p className="text-ink-2">None of them is like this.</p>
      )}
      {older && (
        <Button className="mt-2" disabled={busy} onClick={older}>
          {busy ? 'Reading …' : 'Earlier runs'}
        </Button>
      )}
    </>
  )
}

const SELECT = 'h-7 max-w-48 rounded-md border border-line-strong bg-raised px-1.5 text-xs'

function Filter({ runs, search, onSearch }: Pick<RunListProps, 'runs' | 'search' | 'onSearch'>) {
  const id = useId()
  const agents = [...new Set([...runs.map(({ agent }) => agent), ...(search.agent ? [search.agent] : [])])].toSorted()
  const set = (part: RunSearch) => {
    const next = { ...search, ...part }
    onSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value)))
  }
  return (
    <div role="search" aria-label="Runs" className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
      <span className="flex min-w-0 items-center gap-x-2">
        <label htmlFor={`${id}-state`}>State</label>
        <select id={`${id}-state`} className={SELECT} value={search.state ?? ''} onChange={(event) => set({ state: event.target.value })}>
          <option value="">any</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {runFace(/^(starting|active|stopping)$/.test(state) ? { status: state, outcome: null } : { status: 'ended', outcome: state as RunLine['outcome'] }).word}
            </option>
          ))}
        </select>
      </span>
      <span className="flex min-w-0 items-center gap-x-2">
        <label htmlFor={`${id}-agent`}>Agent</label>
        <select id={`${id}-agent`} className={SELECT} value={search.agent ?? ''} onChange={(event) => set({ agent: event.target.value })}>
          <option value="">any</option>
          {agents.map((agent) => (
            <option key={agent} value={agent}>
              {plain(agent)}
            </option>
          ))}
        </select>
      </span>
      {search.task && (
        <Button kind="quiet" onClick={() => set({ task: '' })}>
          Of one task ×
        </Button>
      )}
    </div>
  )
}

function Line({ project, run }: { project: string; run: RunLine }) {
  const { data: task } = useQuery(taskQuery(run.task))
  const { state, word } = runFace(run)
  return (
    <li className="flex min-h-(--row) flex-wrap items-center gap-x-4 gap-y-0.5 px-3 py-1.5 hover:bg-sunk">
      <span className="flex w-28 shrink-0 items-center gap-1.5 text-xs">
        <Glyph state={state} label={null} />
        {word}
      </span>
      <Link
        to="/p/$project/runs/$run"
        params={{ project, run: run.id }}
        className="said inline-flex min-h-6 min-w-0 items-center font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-ink max-sm:order-first max-sm:basis-full sm:flex-1"
      >
        {task ? `${task.number} ${steady(task.title)}` : 'A task'}
      </Link>
      <span className="text-xs text-ink-2">{plain(run.agent)}</span>
      <span className="text-xs text-ink-2">
        {run.cost > 0 && `${usd(run.cost)} · `}
        {run.ended_at ? `took ${took(Date.parse(run.ended_at) - Date.parse(run.created_at))} · ` : ''}
        <When at={run.created_at} />
      </span>
    </li>
  )
}
