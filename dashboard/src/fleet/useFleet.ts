/** What runs: the runs of a project, the agents and the sandboxes. Read when something about one of them happened. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { agentsQuery, interventionsQuery, runsQuery, sandboxesQuery } from '../api/runs'
import { useHeard } from './useHeard'

export const INTERVENTIONS = ['intervention.requested', 'intervention.delivered', 'intervention.delivery_failed', 'intervention.expired']

/** What an agent says and does in between changes no line here. */
const TYPES = [
  ...['run.started', 'run.sandbox_requested', 'run.sandbox_ready', 'run.sandbox_lost', 'run.sandbox_released', 'run.stop_requested', 'run.ended'],
  ...['agent.degraded', 'agent.recovered', 'agent.quarantined', 'agent.released'],
  ...INTERVENTIONS,
]

export function useFleet(project?: string) {
  const queries = useQueryClient()
  const keys = [['agents', project ?? null], ['sandboxes', project ?? null], ...(project ? [['runs', project], ['interventions', project]] : [])]
  const known = queries.getQueryData<{ position: number }>(['agents', project ?? null])?.position
  const atLeast = useHeard({ project, types: TYPES, keys, known })
  const agents = useQuery(agentsQuery(project, atLeast))
  const sandboxes = useQuery(sandboxesQuery(project, atLeast))
  const runs = useInfiniteQuery({ ...runsQuery(project ?? '', atLeast), enabled: project !== undefined })
  const interventions = useInfiniteQuery({ ...interventionsQuery(project ?? '', undefined, atLeast), enabled: project !== undefined })
  return { agents, sandboxes, runs, interventions }
}
