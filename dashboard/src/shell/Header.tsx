/** The head of the page: which organization and project, who is here, and whether this is now. */
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { LiveState } from './LiveState'

// Menus come after the first paint: what is read is shown before what is opened.
const OrganizationMenu = lazy(() => import('./OrganizationMenu'))
const ProjectMenu = lazy(() => import('./ProjectMenu'))
const DisplayMenu = lazy(() => import('./DisplayMenu'))
const PersonMenu = lazy(() => import('./PersonMenu'))

export function Header({ onHelp }: { onHelp: () => void }) {
  const { project } = useParams({ strict: false })
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3 max-sm:gap-0 max-sm:px-1">
      <Suspense fallback={<span className="h-7 w-32" />}>
        <OrganizationMenu />
        <ProjectMenu project={project} />
      </Suspense>
      <div className="ml-auto flex min-w-0 items-center gap-1 max-sm:shrink-0 max-sm:gap-0">
        <LiveState />
        <Suspense fallback={<span className="h-7 w-32" />}>
          <DisplayMenu />
          <PersonMenu />
        </Suspense>
        <button
          type="button"
          className="grid size-7 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink"
          aria-label="Help: the keys"
          title="The keys (?)"
          onClick={onHelp}
        >
          ?
        </button>
      </div>
    </header>
  )
}
