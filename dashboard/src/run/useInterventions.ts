/** Who stepped into a run. Read again when that, or what came of it, is written down. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { interventionsQuery } from '../api/runs'
import type { Intervention } from '../api/types'
import { INTERVENTIONS } from '../fleet/useFleet'
import { useHeard } from '../fleet/useHeard'

const NONE: readonly Intervention[] = []

export function useInterventions(project: string, run: string): readonly Intervention[] {
  const queries = useQueryClient()
  const key = interventionsQuery(project, run).queryKey
  const known = queries.getQueryData(key)?.pages[0]?.position
  const atLeast = useHeard({ project, types: INTERVENTIONS, keys: [key], known })
  const { data } = useInfiniteQuery(interventionsQuery(project, run, atLeast))
  return data?.pages.flatMap(({ interventions }) => interventions) ?? NONE
}
