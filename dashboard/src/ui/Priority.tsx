/** How urgent: a mark and a word, and nothing for the usual. */
import type { Priority as Level } from '../api/types'

const LOOK: Record<Level, { word: string; path: string; strong: boolean } | null> = {
  critical: { word: 'Critical', path: 'M2 6.5 5 3.5l3 3M2 10l3-3 3 3', strong: true },
  high: { word: 'High', path: 'M2 8 5 5l3 3', strong: true },
  medium: null,
  low: { word: 'Low', path: 'M2 5l3 3 3-3', strong: false },
}

export function Priority({ priority }: { priority: Level }) {
  const look = LOOK[priority]
  if (!look) return null
  return (
    <span className={`inline-flex items-center gap-0.5 ${look.strong ? 'font-semibold text-ink' : 'text-ink-3'}`}>
      <svg viewBox="0 0 10 12" className="size-3" aria-hidden="true">
        <path d={look.path} fill="none" stroke="currentColor" strokeWidth={1.7} />
      </svg>
      {look.word}
    </span>
  )
}
