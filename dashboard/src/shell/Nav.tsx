/** Where one can go. On a narrow screen it lies at the bottom. */
import { Link, useLocation, useParams } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useStore } from 'zustand'
import { Mark } from './Mark'
import { choose, preferences } from './preferences'

// After the first paint: where one can go is shown before how much waits there.
const WaitingCount = lazy(() => import('../now/WaitingCount'))

const ITEM =
  'flex h-8 min-w-8 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-raised hover:text-ink whitespace-nowrap max-sm:h-11 max-sm:flex-1 max-sm:min-w-12 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-0.5 max-sm:text-2xs'
// The inset is square and stands at the edge, so that it reads without colour.
const ACTIVE = { className: 'bg-raised text-ink font-semibold shadow-[inset_2px_0_0_var(--ink)] max-sm:shadow-[inset_0_2px_0_var(--ink)] !rounded-none sm:!rounded-r-md' }

export function Nav() {
  const folded = useStore(preferences, (state) => state.folded)
  const { project } = useParams({ strict: false })
  const inSpecs = useLocation({ select: ({ pathname }) => pathname.includes('/specs/') })
  const label = (text: ReactNode) => <span className={folded ? 'sm:sr-only' : ''}>{text}</span>
  return (
    <nav
      aria-label="Pages"
      className={`flex shrink-0 gap-0.5 border-line bg-sunk p-2 max-sm:order-last max-sm:overflow-x-auto max-sm:border-t max-sm:p-0 sm:flex-col sm:border-r ${folded ? 'sm:w-12' : 'sm:w-44'}`}
    >
      <div className={`mb-2 flex h-7 items-center gap-2 px-2 font-semibold max-sm:hidden`}>
        <Mark />
        {!folded && <span>OmoiOS</span>}
      </div>
      <Link to="/now" className={`${ITEM} relative`} activeProps={ACTIVE} title="Now: what waits, and what moves (g w)">
        <Icon path="M2 9h3.4l1 2h3.2l1-2H14M2 9l2-6.2h8L14 9v4.2H2z" />
        {label('Now')}
        <Suspense>
          <WaitingCount aside={folded} />
        </Suspense>
      </Link>
      <Link to="/" activeOptions={{ exact: true }} className={ITEM} activeProps={ACTIVE} title="Projects (g p)">
        <Icon path="M2 3h12v3H2zM2 8.5h7M2 12h7" />
        {label('Projects')}
      </Link>
      {project && (
        <>
          <Link
            to="/p/$project"
            params={{ project }}
            activeOptions={{ exact: true }}
            className={`${ITEM} ${inSpecs ? ACTIVE.className : ''}`}
            activeProps={ACTIVE}
            title="Project and specs (g s)"
          >
            <Icon path="M3 1.8h7l3 3v9.4H3zM5.5 6.5h5M5.5 9h5M5.5 11.5h3" />
            {label('Specs')}
          </Link>
          <Link to="/p/$project/board" params={{ project }} className={ITEM} activeProps={ACTIVE} title="Board (g b)">
            <Icon path="M2 2.5h3.2v11H2zM6.4 2.5h3.2v7H6.4zM10.8 2.5H14v9h-3.2z" />
            {label('Board')}
          </Link>
          <Link to="/p/$project/runs" params={{ project }} className={ITEM} activeProps={ACTIVE} title="Runs (g r)">
            <Icon path="M4.5 2.5v11l8.5-5.5z" />
            {label('Runs')}
          </Link>
          <Link to="/p/$project/merges" params={{ project }} className={ITEM} activeProps={ACTIVE} title="Merges (g m)">
            <Icon path="M4 5.6a1.7 1.7 0 1 1 0-3.4 1.7 1.7 0 0 1 0 3.4zM4 5.6v4.8M4 13.8a1.7 1.7 0 1 1 0-3.4 1.7 1.7 0 0 1 0 3.4zM12 11.3a1.7 1.7 0 1 1 0-3.4 1.7 1.7 0 0 1 0 3.4zM4 5.6c0 3.4 6.3.6 6.3 4" />
            {label('Merges')}
          </Link>
          <Link to="/p/$project/log" params={{ project }} className={ITEM} activeProps={ACTIVE} title="Log (g l)">
            <Icon path="M2 3h2M6 3h8M2 8h2M6 8h8M2 13h2M6 13h5" />
            {label('Log')}
          </Link>
        </>
      )}
      <Link to="/agents" className={ITEM} activeProps={ACTIVE} title="Agents (g a)">
        <Icon path="M3 5.5h10v8H3zM8 5.5V2.5M6 9v1.5M10 9v1.5" />
        {label('Agents')}
      </Link>
      <Link to="/log" className={ITEM} activeOptions={{ exact: true }} activeProps={ACTIVE} title="Everything">
        <Icon path="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.5V8l2.6 1.6" />
        {label(project ? <><span className="max-sm:hidden">Whole log</span><span className="sm:hidden">All</span></> : 'Log')}
      </Link>
      <button
        type="button"
        className="mt-auto flex h-8 items-center gap-2 rounded-md px-2 text-ink-3 hover:bg-raised hover:text-ink max-sm:hidden"
        aria-expanded={!folded}
        onClick={() => choose({ folded: !folded })}
      >
        <Icon path={folded ? 'M6 3.5 10.5 8 6 12.5' : 'M10 3.5 5.5 8l4.5 4.5'} />
        {label(folded ? 'Unfold' : 'Fold')}
      </button>
    </nav>
  )
}

function Icon({ path }: { path: string }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" className="size-4 shrink-0" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}
