/** A spec: read when something about it happened. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { EVENT_TYPES } from '../api/eventTypes'
import { readSpec, specQuery } from '../api/specs'
import { readUpTo } from '../api/upTo'
import { live } from '../live'

export const SPEC_TYPES = EVENT_TYPES.filter((type) => type.startsWith('spec.'))

export function useSpec(project: string, id: string) {
  const queries = useQueryClient()
  const query = useQuery(specQuery(id))
  const [heard, setHeard] = useState(0)

  // What was heard of and is not shown yet is read; while that goes on, more may be heard of.
  const known = query.data?.position
  useEffect(() => {
    if (known === undefined || heard <= known) return
    readUpTo(queries, heard, { ...specQuery(id), queryFn: ({ signal }) => readSpec(id, heard, signal) }).catch(() => {})
  }, [queries, id, heard, known])

  const loaded = known !== undefined
  useEffect(() => {
    if (!loaded) return
    return live.follow({
      topic: { kind: 'log', project, types: SPEC_TYPES },
      from: queries.getQueryData(specQuery(id).queryKey)?.position ?? null,
      async read() {
        return (await queries.fetchQuery({ ...specQuery(id), staleTime: 0 })).position
      },
      events(events) {
        const last = events.findLast(({ aggregate_id }) => aggregate_id === id)
        if (last) setHeard((before) => Math.max(before, last.position))
      },
    })
  }, [queries, project, id, loaded])

  /** Reads what was just written; without a position, what there is now. */
  const seen = async (position?: number | null) => {
    queries.setQueryData(specQuery(id).queryKey, await readSpec(id, position ?? undefined))
  }
  return { spec: query.data, query, seen }
}
