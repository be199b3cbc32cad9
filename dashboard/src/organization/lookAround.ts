/** Something about the organization is different: who one is there, and what its pages show, as of that change. */
import type { QueryClient } from '@tanstack/react-query'
import { meQuery } from '../api/identity'
import { lookAgain } from '../session/doors'
import { session, whoOf } from '../session/session'

const PAGES = ['organization', 'members', 'invitations', 'keys']

/** What cannot be read now stays as it was: whoever looks at it reads why. */
export async function lookAround(queries: QueryClient, position: number | null): Promise<void> {
  const before = session.getState()
  if (before.state !== 'person') return
  try {
    const me = await lookAgain(position)
    // Of where one is now there is nothing in it, when somebody went elsewhere meanwhile.
    if (whoOf(session.getState()) !== whoOf(before)) return
    queries.setQueryData(meQuery().queryKey, me)
  } catch {
    return
  }
  for (const page of PAGES) void queries.invalidateQueries({ queryKey: [page] })
}
