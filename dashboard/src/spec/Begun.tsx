/** After a build has begun here: where its work and its merge are seen. */
import { Link, useLocation } from '@tanstack/react-router'

declare module '@tanstack/history' {
  interface HistoryState {
    /** A build has just led here. */
    begun?: boolean
  }
}

export function Begun({ project }: { project: string }) {
  const begun = useLocation({ select: ({ state }) => state.begun === true })
  if (!begun) return null
  return (
    <p role="status" className="mb-5 border-l-2 border-line-strong pl-3">
      The build has begun. Its work is seen on the{' '}
      <Link to="/p/$project/board" params={{ project }} className="underline">
        Board
      </Link>
      , and what is done comes together in{' '}
      <Link to="/p/$project/merges" params={{ project }} className="underline">
        Merges
      </Link>
      : there somebody says yes before the default branch has it.
    </p>
  )
}
