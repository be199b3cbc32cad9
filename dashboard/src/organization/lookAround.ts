/** Something about the organization is different: who one is there, and what its pages show, as of that change. */
import type { QueryClient } from '@tanstack/react-query'
import { meQuery } from '../api/identity'
import { lookAgain } from '../session/doors'
import { session } from '../session/session'

const PAGES = ['organization', 'members', 'invitations', 'keys']

/** What cannot be read now stays as it was: whoever looks at it reads why. */
export async function lookAround(queries: QueryClient, position: number | null): Promise<void> {
  if (session.getState().state !== 'person') return
  try {
    // The server answers when its list of members is as far as the change; then the rest is.
    queries.setQueryData(meQuery().queryKey, await lookAgain(position))
  } catch {
    return
  }
  for (const page of PAGES) void queries.invalidateQueries({ queryKey: [page] })
}
