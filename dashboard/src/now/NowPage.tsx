/** Now: what waits for a person, the longest first, and what moves. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { ProblemError } from '../api/problem'
import { projectsQuery } from '../api/reads'
import { useOnlyLooking } from '../session/role'
import { useKeys } from '../shell/useKeys'
import { useTitle } from '../shell/useTitle'
import { buttonLook } from '../ui/Button'
import { Forbidden } from '../ui/Forbidden'
import { Section } from '../ui/Section'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { Moves } from './Moves'
import { MOVING, useInbox } from './useInbox'
import { Waits } from './Waits'

export function NowPage() {
  useTitle('Now')
  const { data, error, refetch } = useInbox(MOVING)
  const page = useRef<HTMLDivElement>(null)
  const looking = useOnlyLooking()
  const nameOf = useProjectNames()
  const step = (by: 1 | -1) => () => {
    const links = [...(page.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links[at === -1 ? 0 : at + by]?.focus()
  }
  useKeys('Now', [
    { keys: 'j', does: 'Next of what waits or moves', run: step(1) },
    { keys: 'k', does: 'The one before', run: step(-1) },
  ])
  if (!data) {
    if (error instanceof ProblemError && error.status === 403) return <NotForYou />
    return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="what waits for you" />
  }
  const { waiting, moving } = data
  if (waiting.length === 0 && moving.length === 0) {
    return (
      <Empty
        title="Nothing waits, and nothing moves"
        {...(looking ? {} : { command: 'omoi build --repo . --idea idea.md' })}
        action={
          <div className="flex gap-2">
            {!looking && (
              <Link to="/build" className={buttonLook('primary')} title="New build (g n)">
                New build
              </Link>
            )}
            <Link to="/" className={buttonLook(looking ? 'primary' : 'plain')}>
              All projects
            </Link>
          </div>
        }
      >
        Questions, approvals, merges and failures come here when somebody has to do something. {looking ? 'Choose a project to see its work.' : 'Build something, or choose a project and start a run of a task that is ready.'}
      </Empty>
    )
  }
  const count = (of: readonly unknown[]) => (of.length > 0 ? ` (${of.length.toLocaleString('en')})` : '')
  return (
    <div ref={page} className="mx-auto flex max-w-5xl flex-col gap-6 p-4">
      <h1 className="text-xl font-semibold">Now</h1>
      <Section title={`${looking ? 'Waits for a person' : 'Waits for you'}${count(waiting)}`} id="waits">
        {waiting.length > 0 ? <Waits items={waiting} nameOf={nameOf} /> : <p className="text-ink-2">Nothing. What goes on needs nobody now.</p>}
      </Section>
      <Section title={`Moves${count(moving)}`} id="moves">
        {moving.length > 0 ? <Moves runs={moving} nameOf={nameOf} /> : <p className="text-ink-2">No run goes on.</p>}
      </Section>
    </div>
  )
}

/** Of the projects that the menu has read; of all others nothing is said. */
function useProjectNames(): (project: string) => string | null {
  const { data } = useInfiniteQuery(projectsQuery())
  const names = new Map(data?.pages.flatMap((page) => page.projects).map(({ id, name }) => [id, steady(name)]))
  return (project) => names.get(project) ?? null
}

function NotForYou() {
  return <Forbidden title="This key does not show what waits">What waits for people is for those who may read projects (projects:read). Sign in as a person, or use a key with that scope.</Forbidden>
}
