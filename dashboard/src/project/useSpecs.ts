/** The specs of a project: read when something about one of them happened. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readSpecs, specsQuery } from '../api/specs'
import { readUpTo } from '../api/upTo'
import { live } from '../live'
import { SPEC_TYPES } from '../spec/useSpec'

/** What a phase writes changes no line of the list, and there is much of it. */
const TYPES = SPEC_TYPES.filter((type) => type !== 'spec.phase_section_written')

export function useSpecs(project: string) {
  const queries = useQueryClient()
  const query = useQuery(specsQuery(project))
  const [heard, setHeard] = useState(0)

  const known = query.data?.position
  useEffect(() => {
    if (known === undefined || heard <= known) return
    readUpTo(queries, heard, { ...specsQuery(project), queryFn: ({ signal }) => readSpecs(project, heard, signal) }).catch(() => {})
  }, [queries, project, heard, known])

  const loaded = known !== undefined
  useEffect(() => {
    if (!loaded) return
    return live.follow({
      topic: { kind: 'log', project, types: TYPES },
      from: queries.getQueryData(specsQuery(project).queryKey)?.position ?? null,
      async read() {
        return (await queries.fetchQuery({ ...specsQuery(project), staleTime: 0 })).position
      },
      events(events) {
        const last = events.at(-1)
        if (last) setHeard((before) => Math.max(before, last.position))
      },
    })
  }, [queries, project, loaded])
  return query
}
