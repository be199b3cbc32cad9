/** An id, short enough to read and whole on hover. */
export function Id({ id }: { id: string }) {
  return (
    <span className="font-mono text-xs whitespace-nowrap" title={id}>
      {shortId(id)}
    </span>
  )
}

/** The end of an id: ids of one moment begin alike. */
export const shortId = (id: string): string => (id.length > 12 ? `…${id.slice(-8)}` : id)
