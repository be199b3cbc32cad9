/** What waits and what moves: read again when something happened that may have changed it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { inboxQuery, readInbox } from '../api/inbox'
import { readUpTo } from '../api/upTo'
import { live } from '../live'

/** Begins or ends that somebody is waited for. */
export const WAITING: readonly string[] = [
  ...['spec.question_asked', 'spec.question_answered', 'spec.approval_requested', 'spec.approval_granted', 'spec.approval_rejected', 'spec.content_edited'],
  ...['spec.phase_failed', 'spec.halted', 'spec.resumed', 'spec.cancelled', 'spec.completed'],
  ...['ticket.gate_approval_requested', 'ticket.gate_approval_granted', 'ticket.gate_approval_rejected', 'ticket.phase_entered', 'ticket.cancelled'],
  ...['task.failed', 'task.became_ready', 'task.cancelled', 'task.revised'],
  ...['merge.parked', 'merge.retried', 'merge.resolved', 'merge.candidate_left_out', 'merge.merged', 'merge.work_extended'],
  ...['merge.approved', 'merge.landing_refused', 'merge.landed', 'merge.abandoned'],
]

/** Begins or ends a run. */
export const MOVING: readonly string[] = ['run.started', 'run.ended']

/** `types` stays the same. What waits is followed by the navigation, which stands beside each page. */
export function useInbox(types: readonly string[]) {
  const queries = useQueryClient()
  const query = useQuery(inboxQuery())
  const [heard, setHeard] = useState(0)

  const known = query.data?.position
  useEffect(() => {
    if (known === undefined || heard <= known) return
    readUpTo(queries, heard, { ...inboxQuery(), queryFn: ({ signal }) => readInbox(heard, signal) }).catch(() => {})
  }, [queries, heard, known])

  const loaded = known !== undefined
  useEffect(() => {
    if (!loaded) return
    return live.follow({
      topic: { kind: 'log', types: [...types] },
      from: queries.getQueryData(inboxQuery().queryKey)?.position ?? null,
      async read() {
        return (await queries.fetchQuery({ ...inboxQuery(), staleTime: 0 })).position
      },
      events(events) {
        const last = events.at(-1)
        if (last) setHeard((before) => Math.max(before, last.position))
      },
    })
  }, [queries, types, loaded])
  return query
}
