/** What was heard of is read, whatever is being read already. */
import type { FetchQueryOptions, QueryClient, QueryKey } from '@tanstack/react-query'

/**
 * A read that is under way was asked for before that was heard of, and this one joins it: what comes may be older. Then it is
 * asked once more, and waits at the server until what was heard of is there.
 */
export async function readUpTo<T extends { position: number }, K extends QueryKey>(
  queries: QueryClient,
  heard: number,
  read: FetchQueryOptions<T, Error, T, K>,
): Promise<void> {
  const asked = { ...read, staleTime: 0 }
  if ((await queries.fetchQuery(asked)).position < heard) await queries.fetchQuery(asked)
}
