/** A project: what it is and how it is set up, its specs, and the ways into it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { projectQuery } from '../api/reads'
import type { OneProject } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { useKeys } from '../shell/useKeys'
import { useTitle } from '../shell/useTitle'
import { Button, buttonLook } from '../ui/Button'
import { OnlyLooking } from '../ui/OnlyLooking'
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { BrokenRepository } from './BrokenRepository'
import { Settings } from './Settings'
import { Specs } from './Specs'

const NewSpec = lazy(() => import('./NewSpec'))

export function ProjectPage({ project: id }: { project: string }) {
  const { data: project, error, refetch } = useQuery(projectQuery(id))
  const [asks, setAsks] = useState(false)
  const looking = useOnlyLooking()
  useTitle(project?.name ?? 'Project')
  useKeys('Project', [{ keys: 'n', does: 'New spec', run: () => !looking && project?.status === 'active' && setAsks(true) }])
  if (!project) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the project" />
  const closed = project.status !== 'active'
  const create = looking ? (
    <OnlyLooking why={looking} />
  ) : closed ? (
    <OnlyLooking why="The project is archived: nothing is added to it." />
  ) : (
    <Button kind="primary" onClick={() => setAsks(true)} title="New spec (n)">
      New spec
    </Button>
  )
  return (
    <div className="mx-auto max-w-5xl p-4">
      <Head project={project} builds={!looking && !closed} />
      <BrokenRepository project={project} />
      <div className="flex flex-col gap-8">
        <Section title="Specs" id="specs">
          <Specs project={id} create={create} offers={!looking && !closed} slug={project.slug} />
        </Section>
        <Section title="Settings" id="settings">
          <Settings project={project} />
        </Section>
      </div>
      {asks && (
        <Suspense>
          <NewSpec project={id} onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </div>
  )
}

function Head({ project, builds }: { project: OneProject; builds: boolean }) {
  return (
    <header className="mb-5">
      <div className="flex flex-wrap items-start gap-3">
        <h1 className="said min-w-0 flex-1 text-xl font-semibold">
          {steady(project.name)} <span className="font-mono text-xs font-normal text-ink-3">{project.slug}</span>
        </h1>
        <div className="flex flex-wrap gap-2">
          {builds && (
            <Link to="/build" search={project.repository ? { repository: project.repository.url } : {}} className={buttonLook('plain')} title="New build (g n)">
              New build
            </Link>
          )}
          <Link to="/p/$project/board" params={{ project: project.id }} className={buttonLook('plain')}>
            Board
          </Link>
          <Link to="/p/$project/runs" params={{ project: project.id }} className={buttonLook('plain')}>
            Runs
          </Link>
          <Link to="/p/$project/merges" params={{ project: project.id }} className={buttonLook('plain')}>
            Merges
          </Link>
          <Link to="/p/$project/log" params={{ project: project.id }} className={buttonLook('plain')}>
            Log
          </Link>
        </div>
      </div>
      {project.description && <p className="said mt-2 max-w-[72ch] text-base text-ink-2">{project.description}</p>}
    </header>
  )
}
