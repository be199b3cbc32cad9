/**
 * What is so now, by entity: a fold that gives the same whatever way its frames are cut, and whatever way they
 * overtake a read.
 *
 * Each entity carries the position of the event that last changed it; the greater one wins. A snapshot is complete
 * up to its position. A removal leaves a mark until the next snapshot, so that nothing older can bring the entity back.
 */
import type { LatestFrame, Upsert } from './protocol'

export type Change = Pick<LatestFrame, 'position' | 'snapshot' | 'upserts' | 'removes'>

export interface Latest {
  /** The last position heard of. */
  readonly position: number
  /** Complete up to here; -1 before the first snapshot. */
  readonly base: number
  readonly entities: ReadonlyMap<string, Upsert>
  readonly removed: ReadonlyMap<string, number>
}

export const NOTHING: Latest = { position: -1, base: -1, entities: new Map(), removed: new Map() }

export const nameOf = (entity: { kind: string; id: string }): string => `${entity.kind}:${entity.id}`

/** The state after some frames. The same object when they said nothing new. */
export function fold(state: Latest, frames: readonly Change[]): Latest {
  let { position, base } = state
  let entities = new Map(state.entities)
  let removed = new Map(state.removed)
  let changed = false

  for (const frame of frames) {
    position = Math.max(position, frame.position)
    if (frame.snapshot) {
      if (frame.position <= base) continue
      // What came after the snapshot was taken stays; all else is what the snapshot says.
      const kept = new Map([...entities].filter(([, entity]) => entity.position > frame.position))
      removed = new Map([...removed].filter(([, at]) => at > frame.position))
      entities = kept
      for (const entity of frame.upserts) put(entity)
      base = frame.position
      changed = true
      continue
    }
    for (const entity of frame.upserts) if (entity.position > base) put(entity)
    for (const gone of frame.removes) take(nameOf(gone), frame.position)
  }
  if (!changed && position === state.position) return state
  return changed ? { position, base, entities, removed } : { ...state, position }

  function put(entity: Upsert): void {
    const name = nameOf(entity)
    if (entity.position <= (entities.get(name)?.position ?? -1)) return
    if (entity.position <= (removed.get(name) ?? -1)) return
    entities.set(name, entity)
    removed.delete(name)
    changed = true
  }

  function take(name: string, at: number): void {
    if (at <= base || at <= (removed.get(name) ?? -1)) return
    const entity = entities.get(name)
    if (entity && entity.position > at) return
    entities.delete(name)
    removed.set(name, at)
    changed = true
  }
}

/** Fewer frames that say the same: what a page holds while it is paused must not grow with time. */
export function compact(frames: readonly Change[]): Change[] {
  let snapshot: Change | null = null
  for (const frame of frames) if (frame.snapshot && frame.position > (snapshot?.position ?? -1)) snapshot = frame
  const base = snapshot?.position ?? -1

  const upserts = new Map<string, Upsert>()
  const removes = new Map<number, Change['removes']>()
  let position = base
  for (const frame of frames) {
    position = Math.max(position, frame.position)
    if (frame.snapshot) continue
    for (const entity of frame.upserts) {
      const name = nameOf(entity)
      if (entity.position > base && entity.position > (upserts.get(name)?.position ?? -1)) upserts.set(name, entity)
    }
    if (frame.removes.length > 0) removes.set(frame.position, [...(removes.get(frame.position) ?? []), ...frame.removes])
  }

  const kept: Change[] = snapshot ? [snapshot] : []
  // A removal counts from the position of its frame, so removals of one position only can share one.
  for (const [at, gone] of removes) kept.push({ position: at, snapshot: false, upserts: [], removes: gone })
  if (position >= 0) kept.push({ position, snapshot: false, upserts: [...upserts.values()], removes: [] })
  return kept
}
