/** The merges of a project in a line each, by whether somebody has to do something. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Merge } from '../api/merges'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { type Groups, mergeFace } from './words'

/** Of those that are over. */
const FIRST = 10

interface MergeListProps {
  project: string
  groups: Groups
  /** The one that stands beside it. */
  shown: string | undefined
}

export function MergeList({ project, groups: { person, going, over }, shown }: MergeListProps) {
  const [all, setAll] = useState(false)
  const rest = over.length - FIRST
  return (
    <nav aria-label="Merges" className="flex min-w-0 flex-col gap-4">
      <Group title="Wait for a person" merges={person} {...{ project, shown }} />
      <Group title="Go on" merges={going} {...{ project, shown }} />
      <Group title="Over" merges={all ? over : over.slice(0, FIRST)} {...{ project, shown }} />
      {!all && rest > 0 && (
        <Button className="self-start" onClick={() => setAll(true)}>
          Show {rest} more
        </Button>
      )}
    </nav>
  )
}

function Group({ title, merges, project, shown }: { title: string; merges: readonly Merge[]; project: string; shown: string | undefined }) {
  if (merges.length === 0) return null
  return (
    <section>
      <h2 className="mb-1 text-xs font-semibold text-ink-2">{title}</h2>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
        {merges.map((merge) => (
          <Line key={merge.id} {...{ project, merge }} here={merge.id === shown} />
        ))}
      </ul>
    </section>
  )
}

function Line({ project, merge, here }: { project: string; merge: Merge; here: boolean }) {
  const { state, word } = mergeFace(merge)
  return (
    <li>
      <Link
        to="/p/$project/merges"
        params={{ project }}
        search={{ merge: merge.id }}
        aria-current={here ? 'true' : undefined}
        // The inset is square and stands at the edge, so that it reads without colour.
        className={`block px-3 py-1.5 hover:bg-sunk focus-visible:-outline-offset-2 ${here ? 'bg-sunk shadow-[inset_2px_0_0_var(--ink)]' : ''}`}
      >
        <span className="said block font-semibold">{steady(merge.title)}</span>
        <span className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
          <Glyph state={state} label={null} />
          {word} <When at={merge.updated_at} />
        </span>
      </Link>
    </li>
  )
}
