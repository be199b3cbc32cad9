/** Runs, and what they run in and by: what is read of them, and what a person can do with one. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'
import { once } from './writes'

const UNASKED_MS = 2_000

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => readRun(id, undefined, signal),
  })

/** A run as of `atLeast` or later. */
export function readRun(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/runs/{id}', { params: { path: { id }, query: { min_position: atLeast } }, signal }))
}

/** What happened in a run after a position, oldest first, with its words opened. */
export function readRunEvents(id: string, after: number, limit: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/runs/{id}/events', { params: { path: { id }, query: { after, limit } }, signal }))
}

/** The last of what happened before a position, oldest first, with its words opened. */
export function readLastRunEvents(id: string, before: number, limit: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/runs/{id}/events', { params: { path: { id }, query: { before, limit } }, signal }))
}

/** `atLeast` is asked at each read: what was heard of meanwhile counts. */
export const runsQuery = (project: string, atLeast: () => number | undefined = () => undefined) =>
  infiniteQueryOptions({
    queryKey: ['runs', project],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/api/v1/projects/{id}/runs', {
          params: { path: { id: project }, query: { before: pageParam, limit: 100, min_position: atLeast() } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const agentsQuery = (project: string | undefined, atLeast: () => number | undefined = () => undefined) =>
  queryOptions({
    queryKey: ['agents', project ?? null],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/agents', { params: { query: { project, min_position: atLeast() } }, signal })),
    // No event tells that a server which has just started has asked its agents what they are.
    refetchInterval: ({ state }) => (state.data?.profiles.some(({ asked }) => !asked) ? UNASKED_MS : false),
  })

/** Who stepped into runs of a project, or into one of them; newest first. */
export const interventionsQuery = (project: string, run: string | undefined, atLeast: () => number | undefined = () => undefined) =>
  infiniteQueryOptions({
    queryKey: ['interventions', project, run ?? null],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      answered(api.GET('/api/v1/interventions', { params: { query: { project, run, before: pageParam, limit: 50, min_position: atLeast() } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** Those that there are. */
export const sandboxesQuery = (project: string | undefined, atLeast: () => number | undefined = () => undefined) =>
  queryOptions({
    queryKey: ['sandboxes', project ?? null],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/sandboxes', { params: { query: { project, limit: 200, min_position: atLeast() } }, signal })),
  })

/** By the agent of the task, else of its project. */
export const startRun = (task: string) =>
  once((header) => answered(api.POST('/api/v1/tasks/{id}/runs', { params: { path: { id: task }, header }, body: { agent: null } })))

export const sendMessage = (id: string, text: string) =>
  once((header) => answered(api.POST('/api/v1/runs/{id}/messages', { params: { path: { id }, header }, body: { text } })))

export const interruptRun = (id: string) =>
  once((header) => answered(api.POST('/api/v1/runs/{id}/interrupt', { params: { path: { id }, header }, body: {} })))

export const quarantineAgent = (id: string, reason: string) =>
  once((header) => answered(api.POST('/api/v1/agents/{id}/quarantine', { params: { path: { id }, header }, body: { reason } })))

export const releaseAgent = (id: string) =>
  once((header) => answered(api.POST('/api/v1/agents/{id}/release', { params: { path: { id }, header }, body: {} })))

export const stopRun = (id: string, reason: string) =>
  once((header) => answered(api.POST('/api/v1/runs/{id}/stop', { params: { path: { id }, header }, body: { reason } })))
