/** What the log shows, as its address says it. Pure: anything may stand in an address. */

export interface LogSearch {
  /** Event types, parted by commas. */
  type?: string
  /** Only in the log of everything: one project. */
  of?: string
  /** All that follows from one wish. */
  correlation?: string
  /** The event that is open, by position. */
  at?: number
  /** The event that is looked for, by id. */
  event?: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TYPE = /^[a-z_]+\.[a-z_]+$/

export function readLogSearch(said: Record<string, unknown>): LogSearch {
  const search: LogSearch = {}
  const types = typesOf({ type: typeof said['type'] === 'string' ? said['type'] : '' })
  if (types.length > 0) search.type = types.join(',')
  for (const name of ['of', 'correlation', 'event'] as const) {
    const value = said[name]
    if (typeof value === 'string' && UUID.test(value)) search[name] = value.toLowerCase()
  }
  const at = Number(said['at'])
  if (said['at'] != null && Number.isSafeInteger(at) && at > 0) search.at = at
  return search
}

export function typesOf({ type }: Pick<LogSearch, 'type'>): string[] {
  const named = (type ?? '').split(',').filter((name) => TYPE.test(name))
  return [...new Set(named)].toSorted()
}

/** The same with a type more, or less. */
export function withType(search: LogSearch, type: string, shown: boolean): LogSearch {
  const left = typesOf(search).filter((name) => name !== type)
  const { type: _, ...rest } = search
  return readLogSearch({ ...rest, type: [...left, ...(shown ? [type] : [])].join(',') })
}

/** The same with another value; `undefined` takes it away. */
export function withPart(search: LogSearch, part: Partial<LogSearch>): LogSearch {
  return readLogSearch({ ...search, ...part })
}
