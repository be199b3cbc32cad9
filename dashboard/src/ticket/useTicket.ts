/** A ticket: read when something about it happened, wherever that was heard of. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { EVENT_TYPES } from '../api/eventTypes'
import { readTicket, ticketQuery } from '../api/reads'
import { readUpTo } from '../api/upTo'
import { useBoard } from '../board/useBoard'
import { live } from '../live'
import { useLog } from '../log/useLog'

const TASK_TYPES = EVENT_TYPES.filter((type) => type.startsWith('task.'))

export function useTicket(project: string, id: string) {
  const queries = useQueryClient()
  const { board } = useBoard(project)
  const query = useQuery(ticketQuery(id))
  const history = useLog({ aggregate: { type: 'ticket', id } }, { kind: 'ticket', id }, () => false)
  const ticket = query.data

  // The board and the history may hear of it first. Whoever is ahead of the ticket has it read again.
  const card = useStore(board, ({ shown }) => shown.cards.get(id))
  const heard = Math.max(card?.position ?? 0, history.window?.events.at(-1)?.position ?? 0)
  const known = ticket?.position
  useEffect(() => {
    if (known === undefined || heard <= known) return
    readUpTo(queries, heard, { ...ticketQuery(id), queryFn: ({ signal }) => readTicket(id, heard, signal) }).catch(() => {})
  }, [queries, id, heard, known])

  const loaded = ticket !== undefined
  useEffect(() => {
    if (!loaded) return
    return live.follow({
      topic: { kind: 'log', project, types: TASK_TYPES },
      from: queries.getQueryData(ticketQuery(id).queryKey)?.position ?? null,
      async read() {
        await queries.invalidateQueries({ queryKey: ['task'] })
        return (await queries.fetchQuery({ ...ticketQuery(id), staleTime: 0 })).position
      },
      events(events) {
        const tasks = queries.getQueryData(ticketQuery(id).queryKey)?.tasks ?? {}
        const changed = new Set(events.map(({ aggregate_id }) => aggregate_id))
        for (const task of changed) if (task in tasks) void queries.invalidateQueries({ queryKey: ['task', task] })
      },
    })
  }, [queries, project, id, loaded])

  /** Reads what was just written. */
  const seen = async (position: number | null | undefined) => {
    if (position == null) return
    queries.setQueryData(ticketQuery(id).queryKey, await readTicket(id, position))
    if (live.status.getState().link !== 'live') history.again()
  }
  return { ticket, query, history, board, seen }
}
