/** Who stepped into the runs of a project, newest first. */
import { useQuery } from '@tanstack/react-query'
import { taskQuery } from '../api/reads'
import type { Intervention, RunLine } from '../api/types'
import { cameTo, KIND } from '../run/interventions'
import { plain } from '../run/plain'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { Id, shortId } from '../ui/Id'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { ToRun } from './Agents'
import type { useFleet } from './useFleet'

interface InterventionsProps {
  project: string
  /** Those that are here, by which a run has a name. */
  runs: readonly RunLine[]
  interventions: ReturnType<typeof useFleet>['interventions']
}

export function Interventions({ project, runs, interventions }: InterventionsProps) {
  const { data, error } = interventions
  if (!data) return error ? <Failed error={error} again={() => void interventions.refetch()} /> : <Loading what="the interventions" />
  const all = data.pages.flatMap((page) => page.interventions)
  if (all.length === 0) return <p className="text-ink-2">Nobody has stepped in yet. On the page of a run that goes on, you can say something to its agent, or interrupt it.</p>
  return (
    <>
      <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
        {all.map((one) => (
          <Line key={one.id} {...{ project, one }} run={runs.find(({ id }) => id === one.run)} />
        ))}
      </ul>
      {interventions.hasNextPage && (
        <Button className="mt-2" disabled={interventions.isFetchingNextPage} onClick={() => void interventions.fetchNextPage()}>
          {interventions.isFetchingNextPage ? 'Reading …' : 'Earlier interventions'}
        </Button>
      )}
    </>
  )
}

function Line({ project, one, run }: { project: string; one: Intervention; run: RunLine | undefined }) {
  const { state, word, means } = cameTo(one)
  return (
    <li className="grid grid-cols-[8rem_minmax(0,1fr)_auto] items-start gap-x-4 gap-y-0.5 px-3 py-1.5 text-xs max-sm:grid-cols-1">
      <p className="flex min-h-6 items-center gap-1.5">
        <Glyph state={state} label={null} />
        <span className="font-semibold">{KIND[one.kind]}</span>
      </p>
      <div className="min-w-0">
        <ToRun run={{ id: one.run, project }}>{run ? <OfTask id={run.task} /> : `Run ${shortId(one.run)}`}</ToRun>
        <p className="said text-ink-2">
          <span className="font-semibold">{word}.</span> {plain(means)}
        </p>
      </div>
      <p className="flex min-h-6 flex-wrap items-center gap-x-1.5 text-ink-2">
        by <Id id={one.by} /> <When at={one.requested_at} />
      </p>
    </li>
  )
}

function OfTask({ id }: { id: string }) {
  const { data: task } = useQuery(taskQuery(id))
  if (!task) return 'A task'
  return (
    <span>
      <span className="font-mono">{task.number}</span> {steady(task.title)}
    </span>
  )
}
