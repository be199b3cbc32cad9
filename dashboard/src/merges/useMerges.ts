/** The merges of a project: read again when something about one of them happened, and when somebody here did something. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { EVENT_TYPES } from '../api/eventTypes'
import { inboxQuery } from '../api/inbox'
import { type MergeAnswer, mergesQuery, readMerges } from '../api/merges'
import { mayPass } from '../api/problem'
import { useHeard } from '../fleet/useHeard'

export const MERGE_TYPES = EVENT_TYPES.filter((type) => type.startsWith('merge.'))

/** Carries something out, and shows what came of it. Throws what it was refused with. */
export type Act = (sent: Promise<MergeAnswer>) => Promise<void>

export function useMerges(project: string) {
  const queries = useQueryClient()
  const { queryKey } = mergesQuery(project)
  const known = queries.getQueryData(queryKey)?.position
  const atLeast = useHeard({ project, types: MERGE_TYPES, keys: [queryKey, ['conflict']], known })
  const query = useQuery(mergesQuery(project, atLeast))

  const see = async (position?: number | null) => {
    queries.setQueryData(queryKey, await readMerges(project, position ?? undefined))
    void queries.invalidateQueries({ queryKey: ['conflict'] })
    void queries.invalidateQueries(inboxQuery())
  }
  const act: Act = async (sent) => {
    let position: number | null
    try {
      position = (await sent).position
    } catch (error) {
      // What is refused was asked of something that is not so any more: what there is now is shown beside the refusal.
      if (!mayPass(error)) await see().catch(() => {})
      throw error
    }
    await see(position)
  }
  return { query, act }
}
