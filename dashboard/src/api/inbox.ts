/** What waits for a person, and what moves. */
import { queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Inbox = Schemas['Inbox']
export type InboxItem = Schemas['InboxItem']
export type Moving = Schemas['InboxRun']

export const inboxQuery = () =>
  queryOptions({
    queryKey: ['inbox'],
    queryFn: ({ signal }) => readInbox(undefined, signal),
  })

/** Of all projects, as of `atLeast` or later. */
export function readInbox(atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/inbox', { params: { query: { min_position: atLeast } }, signal }))
}
