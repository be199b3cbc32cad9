/** What runs: the runs of a project, the agents and the sandboxes. Read when something about one of them happened. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { agentsQuery, runsQuery, sandboxesQuery } from '../api/runs'
import { live } from '../live'

/** What an agent says and does in between changes no line here. */
const TYPES = ['run.started', 'run.sandbox_requested', 'run.sandbox_ready', 'run.sandbox_lost', 'run.sandbox_released', 'run.stop_requested', 'run.ended', 'agent.degraded', 'agent.recovered', 'agent.quarantined', 'agent.released']

/** Reads again each of these keys when it is heard that something happened; answers as of which position to read. */
function useHeard(project: string | undefined, keys: readonly (readonly unknown[])[], known: number | undefined): () => number | undefined {
  const queries = useQueryClient()
  const heard = useRef<number | undefined>(undefined)
  const again = useRef(keys)
  again.current = keys
  const loaded = known !== undefined
  const from = useRef(known)
  from.current = known
  useEffect(() => {
    if (!loaded) return
    const read = () => Promise.all(again.current.map((queryKey) => queries.invalidateQueries({ queryKey })))
    return live.follow({
      topic: { kind: 'log', ...(project ? { project } : {}), types: TYPES },
      from: from.current ?? null,
      async read() {
        heard.current = undefined
        await read()
        return from.current ?? 0
      },
      events(events) {
        const last = events.at(-1)
        if (!last) return
        heard.current = Math.max(heard.current ?? 0, last.position)
        for (const run of new Set(events.map(({ aggregate_id }) => aggregate_id))) void queries.invalidateQueries({ queryKey: ['run', run] })
        void read()
      },
    })
  }, [queries, project, loaded])
  return useCallback(() => heard.current, [])
}

export function useFleet(project?: string) {
  const queries = useQueryClient()
  const keys = [['agents', project ?? null], ['sandboxes', project ?? null], ...(project ? [['runs', project]] : [])]
  const known = queries.getQueryData<{ position: number }>(['agents', project ?? null])?.position
  const atLeast = useHeard(project, keys, known)
  const agents = useQuery(agentsQuery(project, atLeast))
  const sandboxes = useQuery(sandboxesQuery(project, atLeast))
  const runs = useInfiniteQuery({ ...runsQuery(project ?? '', atLeast), enabled: project !== undefined })
  return { agents, sandboxes, runs }
}
