/** A diagram of others, as they wrote it. */
export function Diagram({ source }: { source: string }) {
  return (
    <pre aria-label="Mermaid source" className="overflow-auto rounded-md border border-line bg-sunk p-3 font-mono text-xs" tabIndex={0}>
      {source}
    </pre>
  )
}
