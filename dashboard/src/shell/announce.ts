/** The one polite live region: what a screen reader says without being asked. */
import { createStore } from 'zustand/vanilla'

export const spoken = createStore<{ text: string }>()(() => ({ text: '' }))

/** Says it now: the answer to something the person just did. */
export function announce(text: string): void {
  // The same words twice are no change, and no change is not read.
  spoken.setState(({ text: last }) => ({ text: last === text ? `${text}\u00a0` : text }))
}

/** At most one summary in this time; what happens by itself must not talk over a person. */
const QUIET_MS = 5000

export type Tally = Record<string, number>

let tally: Tally = {}
let timer: ReturnType<typeof setTimeout> | undefined

/** Counts what happened by itself, and says so when it is time. */
export function tell(news: Tally): void {
  for (const [word, count] of Object.entries(news)) if (count > 0) tally[word] = (tally[word] ?? 0) + count
  if (Object.keys(tally).length === 0) return
  timer ??= setTimeout(() => {
    timer = undefined
    const text = summary(tally)
    tally = {}
    if (text) announce(text)
  }, QUIET_MS)
}

/** "3 tickets moved, 1 blocked". */
export function summary(counts: Tally): string {
  const words = Object.entries(counts).filter(([, count]) => count > 0)
  return words
    .map(([word, count], index) => (index === 0 ? `${count} ${count === 1 ? 'ticket' : 'tickets'} ${word}` : `${count} ${word}`))
    .join(', ')
}
