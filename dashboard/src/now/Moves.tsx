/** The runs that go on: which task, by whom, since when. */
import { Link } from '@tanstack/react-router'
import type { Moving } from '../api/inbox'
import { plain } from '../run/plain'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { When } from '../ui/When'

interface MovesProps {
  runs: readonly Moving[]
  nameOf(project: string): string | null
}

export function Moves({ runs, nameOf }: MovesProps) {
  return (
    <ul aria-label="What moves" className="divide-y divide-line rounded-lg border border-line bg-raised">
      {runs.map(({ run, number, title, agent, project, since }) => (
        <li key={run} className="flex min-h-(--row) flex-wrap items-center gap-x-4 gap-y-0.5 px-3 py-1.5 hover:bg-sunk">
          <Glyph state="running" label="Goes on" />
          <Link
            to="/p/$project/runs/$run"
            params={{ project, run }}
            data-item=""
            className="said inline-flex min-h-6 min-w-0 flex-1 items-center font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-ink"
          >
            <span>
              <span className="mr-2 font-mono text-xs font-normal">{plain(number ?? '')}</span>
              {steady(title)}
            </span>
          </Link>
          <span className="text-xs text-ink-2">{plain(agent)}</span>
          <span className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
            {nameOf(project) && <span className="said">{nameOf(project)} ·</span>}
            <When at={since} />
          </span>
        </li>
      ))}
    </ul>
  )
}
