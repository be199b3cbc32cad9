/** A commit, short enough to read and whole on hover. */
import { plain } from '../run/plain'

export function Commit({ of }: { of: string }) {
  return (
    <span className="font-mono text-xs" title={plain(of)}>
      {plain(of.slice(0, 10))}
    </span>
  )
}
