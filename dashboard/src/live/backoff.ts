/** When to try again: soon at first, then less and less often, and never all browsers at once. */

const FIRST_MS = 500
const MOST_MS = 30_000

/** The wait before try number `attempt` (from 0). `random` is from 0 to 1. */
export function backoff(attempt: number, random: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  // At least half of it, or a server that refuses at once would be asked in a loop.
  return most / 2 + (random * most) / 2
}
