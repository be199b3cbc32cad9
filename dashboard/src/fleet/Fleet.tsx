/** Agents and sandboxes, of an organization or of one project. */
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { Agents } from './Agents'
import { Sandboxes } from './Sandboxes'
import type { useFleet } from './useFleet'

interface FleetProps extends Pick<ReturnType<typeof useFleet>, 'agents' | 'sandboxes'> {
  /** Also agents that had no run. */
  all?: boolean
}

export function Fleet({ agents, sandboxes, all = false }: FleetProps) {
  return (
    <>
      <Section title="Agents">
        {agents.data ? (
          <Agents {...{ all }} agents={agents.data.agents} profiles={agents.data.profiles} sandboxes={sandboxes.data?.sandboxes ?? []} />
        ) : agents.error ? (
          <Failed error={agents.error} again={() => void agents.refetch()} />
        ) : (
          <Loading what="the agents" />
        )}
      </Section>
      <Section title="Sandboxes">
        {!sandboxes.data ? (
          sandboxes.error ? <Failed error={sandboxes.error} again={() => void sandboxes.refetch()} /> : <Loading what="the sandboxes" />
        ) : sandboxes.data.sandboxes.length === 0 ? (
          <p className="text-ink-2">None is there now. Each run has one of its own, which is removed when its work is kept.</p>
        ) : (
          <>
            <Sandboxes sandboxes={sandboxes.data.sandboxes} />
            {sandboxes.data.next && <p className="mt-2 text-xs text-ink-2">The first 200 of them.</p>}
          </>
        )}
      </Section>
    </>
  )
}
