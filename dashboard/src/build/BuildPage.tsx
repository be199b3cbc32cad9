/** New build: a repository and an idea or a plan go in, and work begins. What `omoi build` does, for those who have a page. */
import { useQuery } from '@tanstack/react-query'
import { allProjectsQuery } from '../api/builds'
import { ProblemError } from '../api/problem'
import { agentsQuery } from '../api/runs'
import { useOnlyLooking } from '../session/role'
import { useTitle } from '../shell/useTitle'
import { Forbidden } from '../ui/Forbidden'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { BuildForm } from './BuildForm'

export function BuildPage({ repository }: { repository: string | undefined }) {
  useTitle('New build')
  const looking = useOnlyLooking()
  const projects = useQuery({ ...allProjectsQuery(), enabled: !looking })
  const agents = useQuery({ ...agentsQuery(undefined), enabled: !looking })
  if (looking) return <Forbidden title="Your role builds nothing">{steady(looking)}</Forbidden>
  if (!projects.data || !agents.data) {
    const error = projects.error ?? agents.error
    if (error instanceof ProblemError && error.status === 403) return <NotForYou />
    const again = () => {
      if (projects.error) void projects.refetch()
      if (agents.error) void agents.refetch()
    }
    return error ? <Failed error={error} again={again} /> : <Loading what="the projects and the agents" />
  }
  return (
    <div className="mx-auto max-w-3xl p-4">
      <h1 className="text-xl font-semibold">New build</h1>
      <p className="mt-1 mb-5 max-w-[72ch] text-ink-2">
        What you want is planned, done by agents, verified and merged on a branch of its own. The default branch follows only when somebody
        approves that.
      </p>
      <BuildForm projects={projects.data} profiles={agents.data.profiles} repository={repository} />
    </div>
  )
}

function NotForYou() {
  return (
    <Forbidden title="This key does not build">
      A build needs to read projects and agents (projects:read, runs:read), and to change projects and hand in specs (projects:write, specs:write).
      Sign in as a person, or use a key with those scopes.
    </Forbidden>
  )
}
