/** Reads, as options for the query cache. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'

export const projectsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['projects'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      answered(api.GET('/api/v1/projects', { params: { query: { limit: 100, after: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ['project', id],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/projects/{id}', { params: { path: { id } }, signal })),
  })

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['ticket', id],
    queryFn: ({ signal }) => readTicket(id, undefined, signal),
  })

/** A ticket as of `atLeast` or later. */
export function readTicket(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/tickets/{id}', { params: { path: { id }, query: { min_position: atLeast } }, signal }))
}

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/tasks/{id}', { params: { path: { id } }, signal })),
  })

/** A board as of `atLeast` or later; the server waits for it, at most two seconds. */
export function readBoard(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(
    api.GET('/api/v1/projects/{id}/board', { params: { path: { id }, query: { min_position: atLeast } }, signal }),
  )
}

export interface EventFilter {
  project?: string | undefined
  types?: readonly string[] | undefined
  aggregate?: { type: string; id: string } | undefined
}

/** Events after a position, oldest first. */
export function readEvents(filter: EventFilter, after: number, limit: number, signal?: AbortSignal) {
  const { project, types, aggregate } = filter
  return answered(
    api.GET('/api/v1/events', {
      params: {
        query: { after, limit, project, type: types?.join(','), aggregate_type: aggregate?.type, aggregate_id: aggregate?.id },
      },
      signal,
    }),
  )
}

/** Beyond any position of a log, and still exact as a number. */
const END = Number.MAX_SAFE_INTEGER

/** Events before a position, newest first; without one, the newest there are. */
export function readEventsBefore(filter: EventFilter, before = END, limit = 200, signal?: AbortSignal) {
  return answered(
    api.GET('/api/v1/events', {
      params: {
        query: {
          before,
          limit,
          project: filter.project,
          type: filter.types?.length ? filter.types.join(',') : undefined,
          aggregate_type: filter.aggregate?.type,
          aggregate_id: filter.aggregate?.id,
        },
      },
      signal,
    }),
  )
}
