/** Reads again what is shown when something about it happened. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { live } from '../live'

interface Heard {
  /** Of one project; of the organization without it. */
  project: string | undefined
  /** Which events. */
  types: readonly string[]
  /** What is read again. */
  keys: readonly (readonly unknown[])[]
  /** The position of what was read first; nothing is followed before. */
  known: number | undefined
}

/** Answers as of which position to read. `types` stays the same. */
export function useHeard({ project, types, keys, known }: Heard): () => number | undefined {
  const queries = useQueryClient()
  const heard = useRef<number | undefined>(undefined)
  const again = useRef(keys)
  again.current = keys
  const loaded = known !== undefined
  const from = useRef(known)
  from.current = known
  useEffect(() => {
    if (!loaded) return
    const read = () => Promise.all(again.current.map((queryKey) => queries.invalidateQueries({ queryKey })))
    return live.follow({
      topic: { kind: 'log', ...(project ? { project } : {}), types: [...types] },
      from: from.current ?? null,
      async read() {
        heard.current = undefined
        await read()
        return from.current ?? 0
      },
      events(events) {
        const last = events.at(-1)
        if (!last) return
        heard.current = Math.max(heard.current ?? 0, last.position)
        for (const run of new Set(events.map(({ aggregate_id }) => aggregate_id))) void queries.invalidateQueries({ queryKey: ['run', run] })
        void read()
      },
    })
  }, [queries, project, types, loaded])
  return useCallback(() => heard.current, [])
}
