/** Which project this is, and the way to another one. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { DropdownMenu } from 'radix-ui'
import { useState } from 'react'
import { projectQuery, projectsQuery } from '../api/reads'
import NewProject from '../projects/NewProject'
import { HEADING, ITEM, MENU } from '../ui/menu'
import { steady } from '../ui/visible'

export default function ProjectMenu({ project }: { project: string | undefined }) {
  const navigate = useNavigate()
  const [asks, setAsks] = useState(false)
  const { data } = useInfiniteQuery(projectsQuery())
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  const listed = projects.find(({ id }) => id === project)
  // It may stand further down in the list than was read.
  const { data: single } = useQuery({ ...projectQuery(project ?? ''), enabled: project !== undefined && !listed })
  const current = listed ?? single
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="flex h-7 max-w-64 min-w-0 items-center gap-1.5 rounded-md px-2 text-base font-semibold hover:bg-sunk">
          <span className="truncate">{steady(current?.name ?? (project ? 'Project' : 'All projects'))}</span>
          <svg viewBox="0 0 10 10" className="size-2.5 shrink-0 text-ink-3" aria-hidden="true">
            <path d="M2 3.5 5 6.5l3-3" fill="none" stroke="currentColor" strokeWidth={1.5} />
          </svg>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="start" className={MENU}>
            <DropdownMenu.Label className={HEADING}>Projects</DropdownMenu.Label>
            {projects.map(({ id, name, slug }) => (
              <DropdownMenu.Item
                key={id}
                textValue={name}
                className={ITEM}
                onSelect={() => void navigate({ to: '/p/$project/board', params: { project: id } })}
              >
                <span className={`truncate ${id === project ? 'font-semibold' : ''}`}>{steady(name)}</span>
                <span className="ml-auto pl-4 font-mono text-2xs text-ink-3">{slug}</span>
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Separator className="my-1 border-t border-line" />
            <DropdownMenu.Item className={ITEM} onSelect={() => void navigate({ to: '/' })}>
              All projects
            </DropdownMenu.Item>
            <DropdownMenu.Item className={ITEM} onSelect={() => setAsks(true)}>
              New project …
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asks && <NewProject onClose={() => setAsks(false)} />}
    </>
  )
}
