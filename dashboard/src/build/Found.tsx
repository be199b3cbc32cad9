/** Whose repository it is: the project that has it, as soon as its place is written. */
import { Link } from '@tanstack/react-router'
import type { Project } from '../api/types'
import { steady } from '../ui/visible'

interface FoundProps {
  found: Project | null
  /** Why whoever is here makes none. */
  whyNotMine: string | null
}

export function Found({ found, whyNotMine }: FoundProps) {
  if (!found) return <>{whyNotMine ? `Of a project that is there. ${steady(whyNotMine)}` : 'A path on the server, or an address of https or ssh. It gets a project, unless one has it.'}</>
  return (
    <span className="said">
      The project{' '}
      <Link to="/p/$project" params={{ project: found.id }} className="underline">
        {steady(found.name)}
      </Link>{' '}
      has this repository{found.status === 'active' ? ': it is built there.' : ' and is archived.'}
    </span>
  )
}
