/** The runs of a project, and the agents and sandboxes that they have. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ProblemError } from '../api/problem'
import { projectQuery } from '../api/reads'
import { NotForYou } from '../run/NotForYou'
import { useTitle } from '../shell/useTitle'
import { buttonLook } from '../ui/Button'
import { Section } from '../ui/Section'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import type { RunSearch } from './filter'
import { Fleet } from './Fleet'
import { Interventions } from './Interventions'
import { RunList } from './RunList'
import { useFleet } from './useFleet'

interface RunsPageProps {
  project: string
  search: RunSearch
  onSearch(next: RunSearch): void
}

export function RunsPage({ project, search, onSearch }: RunsPageProps) {
  const { data: about } = useQuery(projectQuery(project))
  useTitle(about ? `Runs of ${about.name}` : 'Runs')
  const { agents, sandboxes, runs, interventions } = useFleet(project)
  if (!runs.data) {
    if (runs.error instanceof ProblemError && runs.error.status === 403) return <NotForYou />
    return runs.error ? <Failed error={runs.error} again={() => void runs.refetch()} /> : <Loading what="the runs" />
  }
  const all = runs.data.pages.flatMap((page) => page.runs)
  const stale = runs.data.pages[0]?.stale
  if (all.length === 0) {
    return (
      <Empty
        title="No run yet"
        command="omoi run start TASK"
        action={
          <Link to="/p/$project/board" params={{ project }} className={buttonLook('primary')}>
            Board
          </Link>
        }
      >
        A run is one attempt of an agent at a task. Open a ticket, and start a run of a task that is ready; or let ready tasks start by themselves.
      </Empty>
    )
  }
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 p-4">
      <h1 className="said text-xl font-semibold">Runs{about && ` of ${steady(about.name)}`}</h1>
      <Section title="Runs">
        <RunList
          {...{ project, search, onSearch }}
          runs={all}
          older={runs.hasNextPage ? () => void runs.fetchNextPage() : null}
          busy={runs.isFetchingNextPage}
        />
        {stale != null && (
          <p role="status" className="mt-2 text-xs text-waiting">
            This list stands still since #{stale.toLocaleString('en')}: an event could not be applied.
          </p>
        )}
      </Section>
      <Section title="Interventions" id="interventions">
        <Interventions {...{ project, interventions }} runs={all} />
      </Section>
      <Fleet {...{ agents, sandboxes }} />
    </div>
  )
}
