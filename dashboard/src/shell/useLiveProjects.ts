/** Keeps the list of projects true. Its lane also speaks each second, which is how a dead line is noticed on any page. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { projectsQuery } from '../api/reads'
import { live } from '../live'

const TYPES = [
  'project.created',
  'project.renamed',
  'project.described',
  'project.archived',
  'project.restored',
  'project.board_configured',
  'project.gates_configured',
  'project.autonomy_changed',
]

export function useLiveProjects(): void {
  const queries = useQueryClient()
  useEffect(
    () =>
      live.follow({
        topic: { kind: 'log', types: TYPES },
        from: null,
        async read() {
          await queries.invalidateQueries({ queryKey: ['projects'] })
          await queries.invalidateQueries({ queryKey: ['project'] })
          const read = await queries.fetchInfiniteQuery(projectsQuery())
          return read.pages[0]?.position ?? 0
        },
        events(events) {
          if (events.length === 0) return
          void queries.invalidateQueries({ queryKey: ['projects'] })
          for (const { aggregate_id } of events) void queries.invalidateQueries({ queryKey: ['project', aggregate_id] })
        },
      }),
    [queries],
  )
}
