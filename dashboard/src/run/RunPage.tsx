/** One run: what its agent does now, all that it did, and what can be said to it. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { ProblemError } from '../api/problem'
import { useOnlyLooking } from '../session/role'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Failed, Loading } from '../ui/states'
import { NotForYou } from './NotForYou'
import { RunFacts } from './RunFacts'
import { RunHead } from './RunHead'
import { Steering } from './Steering'
import { steersOf } from './trajectory'
import { TrajectoryView } from './TrajectoryView'
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
              {run.status === 'active' && (
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
        <section aria-label="Trajectory" className={`flex min-w-0 flex-col max-lg:h-[75vh] lg:min-h-0 lg:flex-1 ${replay.step === null ? '' : 'outline-2 -outline-offset-2 outline-past'}`}>
          <TrajectoryView {...{ story, replay, ended }} expected={run.seen.events} again={look} />
          <Steering run={run} steers={steers} past={replay.step !== null} onDone={seen} />
        </section>
        <aside aria-label="About the run" className="shrink-0 border-line p-4 max-lg:border-t lg:w-72 lg:overflow-auto lg:border-l" tabIndex={0}>
          <RunFacts {...{ run, steers }} />
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
