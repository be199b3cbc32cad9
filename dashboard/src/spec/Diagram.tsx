/** A diagram of others: drawn where that can be done, and as they wrote it. */
import { useQuery } from '@tanstack/react-query'
import { useLook } from './look'

export function Diagram({ source }: { source: string }) {
  const look = useLook()
  const { data, error } = useQuery({
    queryKey: ['diagram', source, look],
    queryFn: async () => loaded(await (await import('./draw')).draw(source, look!)),
    enabled: look !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (!data) {
    return (
      <>
        {error && <p className="mb-1 text-xs text-ink-2">It cannot be drawn{lineOf(error)}, so this is what was written:</p>}
        <Source text={source} />
      </>
    )
  }
  return (
    <figure className="flex flex-col gap-1">
      <div className="overflow-auto rounded-md border border-line bg-paper p-3" tabIndex={0} role="region" aria-label="Diagram">
        <img src={data} alt={`Diagram, in the words of Mermaid: ${source}`} className="max-h-[70vh] max-w-none" />
      </div>
      <details>
        <summary className="min-h-6 text-xs text-ink-2 underline">As it was written</summary>
        <Source text={source} />
      </details>
    </figure>
  )
}

/** Where it is not understood; the rest of what Mermaid says is for who writes its grammar. */
function lineOf(error: unknown): string {
  const line = error instanceof Error && /\bline (\d+)/i.exec(error.message)?.[1]
  return line ? ` (line ${line} is not understood)` : ''
}

function Source({ text }: { text: string }) {
  return (
    <pre aria-label="Mermaid source" className="overflow-auto rounded-md border border-line bg-sunk p-3 font-mono text-xs" tabIndex={0}>
      {text}
    </pre>
  )
}

/** An image that the browser cannot show is none. */
async function loaded(address: string): Promise<string> {
  const image = new Image()
  image.src = address
  await image.decode()
  return address
}
