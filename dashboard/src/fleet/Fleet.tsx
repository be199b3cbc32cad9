/** Agents and sandboxes, of an organization or of one project. */
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { Agents } from './Agents'
import { Sandboxes } from './Sandboxes'
import type { useFleet } from './useFleet'

export function Fleet({ agents, sandboxes }: Pick<ReturnType<typeof useFleet>, 'agents' | 'sandboxes'>) {
  return (
    <>
      <Section title="Agents">
        {agents.data ? (
          <Agents agents={agents.data.agents} sandboxes={sandboxes.data?.sandboxes ?? []} />
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
