/** One run: what its agent does now, all that it did, and what can be said to it. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { ProblemError } from '../api/problem'
import { agentsQuery } from '../api/runs'
import { profileOf } from '../fleet/roster'
import { useOnlyLooking } from '../session/role'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Failed, Loading } from '../ui/states'
import { stepsInto } from './interventions'
import { NotForYou } from './NotForYou'
import { RunFacts } from './RunFacts'
import { RunHead } from './RunHead'
import { Steering } from './Steering'
import { steersOf } from './trajectory'
import { TrajectoryView } from './TrajectoryView'
import { useInterventions } from './useInterventions'
import { useReplay } from './useReplay'
import { useRun } from './useRun'

const InterruptRun = lazy(() => import('./InterruptRun'))
const StopRun = lazy(() => import('./StopRun'))

export function RunPage({ project, id }: { project: string; id: string }) {
  const { run, query, story, look, seen } = useRun(project, id)
  const replay = useReplay(story.trajectory)
  const [asking, setAsking] = useState<'interrupt' | 'stop' | null>(null)
  const looking = useOnlyLooking()
  const steers = useMemo(() => steersOf(story.trajectory), [story.trajectory])
  const interventions = useInterventions(project, id)
  const steps = useMemo(() => stepsInto(steers, interventions), [steers, interventions])
  const { data: agents } = useQuery({ ...agentsQuery(project), enabled: run !== undefined && run.status !== 'ended' })
  const profile = run && profileOf(run, agents?.profiles)
  useTitle(run ? `Run of ${run.agent}` : 'Run')

  if (!run) {
    if (query.error instanceof ProblemError && query.error.status === 403) return <NotForYou />
    return query.error ? <Failed error={query.error} again={() => void query.refetch()} /> : <Loading what="the run" />
  }
  const ended = run.status === 'ended'
  const canStop = !looking && (run.status === 'starting' || run.status === 'active')
  return (
    <article className="flex flex-col lg:h-full lg:min-h-0">
      <RunHead
        {...{ project, run }}
        actions={
          canStop && (
            <span className="flex gap-2">
              {run.status === 'active' && profile?.interrupts !== false && (
                <Button aria-disabled={run.interrupting || undefined} onClick={() => !run.interrupting && setAsking('interrupt')}>
                  {run.interrupting ? 'Interrupting …' : 'Interrupt …'}
                </Button>
              )}
              <Button onClick={() => setAsking('stop')}>Stop …</Button>
            </span>
          )
        }
      />
      {run.stale != null && (
        <p role="status" className="shrink-0 px-4 py-1 text-xs text-waiting">
          The head of this run stands still since #{run.stale.toLocaleString('en')}: an event could not be applied.
        </p>
      )}
      <div className="flex min-h-0 flex-1 max-lg:flex-col">
        <section aria-label="Trajectory" className={`flex min-w-0 flex-col max-lg:h-[75vh] lg:min-h-0 lg:flex-1 ${replay.step === null ? '' : 'relative after:pointer-events-none after:absolute after:inset-0 after:z-10 after:border-2 after:border-past'}`}>
          <TrajectoryView {...{ story, replay, ended }} expected={run.seen.events} again={look} />
          <Steering run={run} steers={steers} hears={profile?.takes_messages} past={replay.step !== null} onDone={seen} />
        </section>
        <aside aria-label="About the run" className="shrink-0 border-line p-4 max-lg:border-t lg:w-72 lg:overflow-auto lg:border-l" tabIndex={0}>
          <RunFacts {...{ run, steps }} />
        </aside>
      </div>
      {asking && (
        <Suspense>
          {asking === 'stop' ? (
            <StopRun run={id} onDone={seen} onClose={() => setAsking(null)} />
          ) : (
            <InterruptRun run={run} onDone={seen} onClose={() => setAsking(null)} />
          )}
        </Suspense>
      )}
    </article>
  )
}
