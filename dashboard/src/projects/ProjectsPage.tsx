/** All projects: choose one, or begin. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { projectsQuery } from '../api/reads'
import type { Project } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { useTitle } from '../shell/useTitle'
import { Button, buttonLook } from '../ui/Button'
import { OnlyLooking } from '../ui/OnlyLooking'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { When } from '../ui/When'

const NewProject = lazy(() => import('./NewProject'))

export function ProjectsPage() {
  useTitle('Projects')
  const [asks, setAsks] = useState(false)
  const looking = useOnlyLooking()
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(projectsQuery())
  const projects = (data?.pages.flatMap((page) => page.projects) ?? []).toSorted((a, b) => a.name.localeCompare(b.name))
  const create = looking ? (
    <OnlyLooking why={looking} />
  ) : (
    <div className="flex gap-2">
      <Button onClick={() => setAsks(true)}>New project</Button>
      <Link to="/build" className={buttonLook('primary')} title="New build (g n)">
        New build
      </Link>
    </div>
  )
  return (
    <div className="mx-auto max-w-5xl p-4">
      {isPending ? (
        <Loading what="the projects" />
      ) : error && projects.length === 0 ? (
        <Failed error={error} again={() => void refetch()} />
      ) : projects.length === 0 ? (
        <Empty title="No project yet" {...(looking ? {} : { command: 'omoi project create "Billing"' })} action={create}>
          A project holds tickets, their tasks, and the rules by which they move.
        </Empty>
      ) : (
        <>
          <div className="mb-3 flex items-center justify-between">
            <h1 className="text-xl font-semibold">Projects</h1>
            {create}
          </div>
          <ProjectTable projects={projects} />
          {hasNextPage && (
            <Button className="mt-3" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              More projects
            </Button>
          )}
        </>
      )}
      {asks && (
        <Suspense>
          <NewProject onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </div>
  )
}

export function ProjectTable({ projects }: { projects: readonly Project[] }) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-raised">
      <table className="w-full text-left">
        <thead className="border-b border-line text-xs text-ink-2">
          <tr>
            <th className="px-3 py-2 font-semibold">Name</th>
            <th className="px-3 py-2 font-semibold max-sm:hidden">What it is about</th>
            <th className="px-3 py-2 font-semibold">State</th>
            <th className="px-3 py-2 font-semibold">Changed</th>
          </tr>
        </thead>
        <tbody>
          {projects.map((project) => (
            <tr key={project.id} className="h-(--row) border-b border-line last:border-0 hover:bg-sunk">
              <td className="px-3 py-1.5 align-top">
                <Link
                  to="/p/$project/board"
                  params={{ project: project.id }}
                  className="font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-ink"
                >
                  <span className="said">{steady(project.name)}</span>
                </Link>{' '}
                <span className="font-mono text-xs text-ink-3">{project.slug}</span>
                <Link
                  to="/p/$project"
                  params={{ project: project.id }}
                  className="ml-3 inline-flex min-h-6 items-center text-xs text-ink-2 underline"
                >
                  Specs
                </Link>
              </td>
              <td className="px-3 py-1.5 align-top text-ink-2 max-sm:hidden">
                <span className="said line-clamp-2">{project.description}</span>
              </td>
              <td className="px-3 py-1.5 align-top whitespace-nowrap">
                {project.status === 'active' ? (project.autonomy ? 'Works by itself' : 'By hand') : 'Archived'}
              </td>
              <td className="px-3 py-1.5 align-top text-ink-2">
                <When at={project.updated_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
