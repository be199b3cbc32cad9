/** What waits for a person: what is wanted, since when, and the way to where it is done. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { InboxItem } from '../api/inbox'
import { taskQuery } from '../api/reads'
import { plain } from '../run/plain'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { itemFace } from './words'

const FIRST = 50

interface WaitsProps {
  items: readonly InboxItem[]
  nameOf(project: string): string | null
}

export function Waits({ items, nameOf }: WaitsProps) {
  const [all, setAll] = useState(false)
  return (
    <>
      <ul aria-label="What waits" className="divide-y divide-line rounded-lg border border-line bg-raised">
        {items.slice(0, all ? undefined : FIRST).map((item) => (
          <Line key={`${item.kind} ${item.about.id} ${item.since}`} item={item} project={nameOf(item.project)} />
        ))}
      </ul>
      {!all && items.length > FIRST && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {items.length.toLocaleString('en')}
        </Button>
      )}
    </>
  )
}

function Line({ item, project }: { item: InboxItem; project: string | null }) {
  const { state, word } = itemFace(item.kind)
  const { number, title } = item.about
  return (
    <li className="grid min-h-(--row) grid-cols-[12rem_minmax(0,1fr)_auto] items-start gap-x-4 gap-y-0.5 px-3 py-1.5 hover:bg-sunk max-sm:grid-cols-1">
      <span className="flex min-h-6 items-center gap-1.5 text-xs">
        <Glyph state={state} label={null} />
        {word}
      </span>
      <div className="min-w-0">
        <There item={item}>
          {number && <span className="mr-2 font-mono text-xs font-normal">{plain(number)}</span>}
          {steady(title)}
        </There>
        <p className="said text-ink-2">{steady(item.text)}</p>
      </div>
      <span className="flex min-h-6 flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
        {project && <span className="said">{project} ·</span>}
        <When at={item.since} />
      </span>
    </li>
  )
}

const LINK = { className: 'said inline-flex min-h-6 items-center font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-ink', 'data-item': '' }

/** A link to where it is done. */
function There({ item: { kind, project, about }, children }: { item: InboxItem; children: ReactNode }) {
  const words = <span>{children}</span>
  switch (about.kind) {
    case 'spec':
      return (
        <Link to="/p/$project/specs/$spec" params={{ project, spec: about.id }} {...(kind === 'spec_question' ? { hash: 'questions' } : {})} {...LINK}>
          {words}
        </Link>
      )
    case 'ticket':
      return (
        <Link to="/p/$project/t/$ticket" params={{ project, ticket: about.id }} {...LINK}>
          {words}
        </Link>
      )
    case 'merge':
      return (
        <Link to="/p/$project/merges" params={{ project }} search={{ merge: about.id }} {...LINK}>
          {words}
        </Link>
      )
    case 'task':
      return (
        <OfTask project={project} task={about.id}>
          {words}
        </OfTask>
      )
    default:
      return <span className="font-semibold">{words}</span>
  }
}

/** A task stands on the page of its ticket; until that is known, its runs say what became of it. */
function OfTask({ project, task, children }: { project: string; task: string; children: ReactNode }) {
  const { data } = useQuery(taskQuery(task))
  return data ? (
    <Link to="/p/$project/t/$ticket" params={{ project, ticket: data.ticket }} {...LINK}>
      {children}
    </Link>
  ) : (
    <Link to="/p/$project/runs" params={{ project }} search={{ task }} {...LINK}>
      {children}
    </Link>
  )
}
