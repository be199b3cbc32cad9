/** The merges of a project: which there are, those that wait for a person first, and one of them whole. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import type { Merge } from '../api/merges'
import { ProblemError } from '../api/problem'
import { projectQuery } from '../api/reads'
import { announce } from '../shell/announce'
import { useKeys } from '../shell/useKeys'
import { useTitle } from '../shell/useTitle'
import { buttonLook } from '../ui/Button'
import { Forbidden } from '../ui/Forbidden'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { MergeList } from './MergeList'
import { MergeView } from './MergeView'
import { useMerges } from './useMerges'
import { groupsOf, mergeFace } from './words'

interface MergesPageProps {
  project: string
  /** The one that the address names; without one, the first. */
  chosen: string | undefined
  onChoose(id: string): void
}

export function MergesPage({ project, chosen, onChoose }: MergesPageProps) {
  const { data: about } = useQuery(projectQuery(project))
  const { query, act } = useMerges(project)
  const groups = groupsOf(query.data?.merges ?? [])
  const all = [...groups.person, ...groups.going, ...groups.over]
  // It stays, also when it is the first no longer: nothing moves under whoever reads it.
  const first = useRef<string | undefined>(undefined)
  first.current ??= all[0]?.id
  const merge = all.find(({ id }) => id === (chosen ?? first.current))
  useTitle(about ? `Merges of ${about.name}` : 'Merges')
  const step = (by: 1 | -1) => {
    const next = all[(merge ? all.indexOf(merge) : -1) + by]
    if (!next) return
    onChoose(next.id)
    announce(`${next.title}: ${mergeFace(next).word}`)
  }
  useKeys('Merges', [
    { keys: 'j', does: 'Next merge', run: () => step(1) },
    { keys: 'k', does: 'Merge before', run: () => step(-1) },
  ])

  if (!query.data) {
    const { error } = query
    if (error instanceof ProblemError && error.status === 403) return <NotForYou />
    return error ? <Failed error={error} again={() => void query.refetch()} /> : <Loading what="the merges" />
  }
  if (all.length === 0) return <None project={project} slug={about?.slug} />
  return (
    <div className="mx-auto max-w-6xl p-4">
      <h1 className="said mb-4 text-xl font-semibold">Merges{about && ` of ${steady(about.name)}`}</h1>
      {query.data.stale != null && (
        <p role="status" className="mb-3 text-xs text-waiting">
          This list stands still since #{query.data.stale.toLocaleString('en')}: an event could not be applied.
        </p>
      )}
      <div className="grid gap-x-6 gap-y-6 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <MergeList {...{ project, groups }} shown={merge?.id} />
        {merge ? <MergeView key={merge.id} {...{ project, merge, act }} url={about?.repository?.url} /> : <Gone first={all[0]!} project={project} />}
      </div>
    </div>
  )
}

function None({ project, slug }: { project: string; slug: string | undefined }) {
  return (
    <Empty
      title="No merge yet"
      command={`omoi merge list ${slug ?? 'PROJECT'}`}
      action={
        <Link to="/p/$project/board" params={{ project }} className={buttonLook('primary')}>
          Board
        </Link>
      }
    >
      A merge brings the finished tasks of a spec together on one branch, checks them there, and waits for a yes. It begins by itself with the first task that is done.
    </Empty>
  )
}

function Gone({ project, first }: { project: string; first: Merge }) {
  return (
    <Empty
      title="There is no such merge"
      action={
        <Link to="/p/$project/merges" params={{ project }} search={{ merge: first.id }} className={buttonLook('primary')}>
          Show the first
        </Link>
      }
    >
      The address may be mistyped, or what it names is of another project.
    </Empty>
  )
}

function NotForYou() {
  return <Forbidden title="This key does not show merges">What becomes of finished work is for those who may read projects (projects:read). Sign in as a person, or use a key with that scope.</Forbidden>
}
