/** What stands around every page: navigation, head, notes, and the one live region. */
import { useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import { session } from '../session/session'
import { announce, spoken } from './announce'
import { Header } from './Header'
import { Nav } from './Nav'
import { Notices } from './Notices'
import { togglePause } from './pause'
import { choose, DENSITIES, preferences } from './preferences'
import { useKeys } from './useKeys'
import { useLiveHere } from './useLiveHere'

const Help = lazy(() => import('./Help'))
const Nowhere = lazy(() => import('./Nowhere'))

export function Shell({ children }: { children: ReactNode }) {
  const [help, setHelp] = useState(false)
  useLiveHere()
  useShellKeys(() => setHelp(true))
  return (
    <div className="flex h-full flex-col sm:flex-row">
      <a href="#page" className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-raised focus:p-2">
        Skip to the page
      </a>
      <Nav />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Header onHelp={() => setHelp(true)} />
        <main id="page" tabIndex={-1} className="min-h-0 flex-1 overflow-auto outline-none">
          <Somewhere>{children}</Somewhere>
        </main>
      </div>
      <Notices />
      <Spoken />
      {help && (
        <Suspense>
          <Help onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  )
}

/** Who belongs to no organization has an account, and nothing else to see. */
function Somewhere({ children }: { children: ReactNode }) {
  const nowhere = useStore(session, (now) => now.state === 'person' && now.organization === null)
  const needsNone = useLocation({ select: ({ pathname }) => pathname.startsWith('/account') })
  if (!nowhere || needsNone) return children
  return (
    <Suspense>
      <Nowhere />
    </Suspense>
  )
}

function Spoken() {
  const text = useStore(spoken, (state) => state.text)
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  )
}

function useShellKeys(openHelp: () => void) {
  const navigate = useNavigate()
  const { project } = useParams({ strict: false })
  /** There is one such page a project; `otherwise`: where to go without one. */
  const inProject = (to: '/p/$project' | '/p/$project/board' | '/p/$project/runs' | '/p/$project/merges' | '/p/$project/log', otherwise?: '/log') => () => {
    if (project) void navigate({ to, params: { project } })
    else if (otherwise) void navigate({ to: otherwise })
    else announce('Choose a project first')
  }
  const bindings = [
    { keys: '?', does: 'Show this help', run: openHelp },
    { keys: 'g w', does: 'Go to what waits now', run: () => void navigate({ to: '/now' }) },
    { keys: 'g p', does: 'Go to all projects', run: () => void navigate({ to: '/' }) },
    { keys: 'g n', does: 'Build something new', run: () => void navigate({ to: '/build' }) },
    { keys: 'g b', does: 'Go to the board', run: inProject('/p/$project/board') },
    { keys: 'g s', does: 'Go to the specs', run: inProject('/p/$project') },
    { keys: 'g r', does: 'Go to the runs', run: inProject('/p/$project/runs') },
    { keys: 'g m', does: 'Go to the merges', run: inProject('/p/$project/merges') },
    { keys: 'g a', does: 'Go to the agents', run: () => void navigate({ to: '/agents' }) },
    { keys: 'g l', does: 'Go to the log', run: inProject('/p/$project/log', '/log') },
    { keys: 'Shift+L', does: 'Hold the page still, or let it go on', run: togglePause },
    {
      keys: 'd',
      does: 'Denser, or less dense',
      run: () => {
        const next = DENSITIES[(DENSITIES.indexOf(preferences.getState().density) + 1) % DENSITIES.length]!
        choose({ density: next })
        announce(`Density ${next}`)
      },
    },
  ]
  useKeys('Everywhere', bindings, true)
}
