/** What a phase wrote, put together from its sections: the whole that its hash is of, and that an edit replaces. */
import type { PlanningPhase, RecordedEvent } from '../api/types'

type Part =
  | { kind: 'whole'; value: unknown }
  | { kind: 'items'; items: unknown[]; last: boolean }
  | { kind: 'text'; text: string; last: boolean }

interface Written {
  phase: PlanningPhase
  attempt: number
  section: { field: string; part: Part }
}

export type Content = Record<string, unknown>

/** Of the last attempt at a phase; `null` before it wrote anything. `events` in their order. */
export function contentOf(events: readonly RecordedEvent[], phase: PlanningPhase): Content | null {
  const sections = events.map(({ payload }) => payload as unknown as Written).filter((written) => written.phase === phase)
  const attempt = Math.max(0, ...sections.map((written) => written.attempt))
  if (attempt === 0) return null
  const content = new Map<string, unknown>()
  for (const { section } of sections.filter((written) => written.attempt === attempt)) {
    content.set(section.field, joined(content.get(section.field), section.part))
  }
  return Object.fromEntries(content)
}

function joined(known: unknown, part: Part): unknown {
  switch (part.kind) {
    case 'whole':
      return part.value
    case 'items':
      return Array.isArray(known) ? [...known, ...part.items] : part.items
    case 'text':
      return typeof known === 'string' ? known + part.text : part.text
  }
}
