/** All agents of the organization, and what they run in. */
import { Link } from '@tanstack/react-router'
import { ProblemError } from '../api/problem'
import { NotForYou } from '../run/NotForYou'
import { useTitle } from '../shell/useTitle'
import { buttonLook } from '../ui/Button'
import { Section } from '../ui/Section'
import { Empty } from '../ui/states'
import { Agents } from './Agents'
import { Fleet } from './Fleet'
import { useFleet } from './useFleet'

export function AgentsPage() {
  useTitle('Agents')
  const { agents, sandboxes } = useFleet()
  if (agents.error instanceof ProblemError && agents.error.status === 403) return <NotForYou />
  if (agents.data?.agents.length === 0) {
    const { profiles } = agents.data
    return (
      <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 pb-4">
        <div className="-mx-4">
          <Empty
            title="No agent has worked yet"
            command="omoi run start TASK"
            action={
              <Link to="/" className={buttonLook('primary')}>
                All projects
              </Link>
            }
          >
            An agent works on a task in a run, in a sandbox of its own. Choose a project, and start a run of a task that is ready.
          </Empty>
        </div>
        {profiles.length > 0 && (
          <Section title="Agents">
            <Agents agents={[]} sandboxes={[]} all {...{ profiles }} />
          </Section>
        )}
      </div>
    )
  }
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 p-4">
      <h1 className="text-xl font-semibold">Agents and sandboxes</h1>
      <Fleet all {...{ agents, sandboxes }} />
    </div>
  )
}
