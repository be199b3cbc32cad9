/** The candidates of a merge in the order in which they are merged, on a rail. */
import { Link } from '@tanstack/react-router'
import type { Merge, MergeCandidate } from '../api/merges'
import { plain } from '../run/plain'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { CandidateActions } from './Actions'
import { Commit } from './Commit'
import type { Act } from './useMerges'
import { candidateFace, nextOf, numberOf, resolvedWords } from './words'

interface QueueProps {
  project: string
  merge: Merge
  url: string | undefined
  act: Act
}

export function Queue({ project, merge, url, act }: QueueProps) {
  if (merge.candidates.length === 0) return <p className="text-ink-2">No task of it is done yet. The first one that is comes here by itself.</p>
  return (
    <ol aria-label="Queue" className="rounded-lg border border-line bg-raised px-3 py-1.5">
      {merge.candidates.map((candidate, index) => (
        <li key={candidate.task} className="group relative grid grid-cols-[0.875rem_1.25rem_minmax(0,1fr)] gap-x-2 py-1.5">
          {/* The rail is decoration: the order is that of the list, and each stop says in words what it is. */}
          <span aria-hidden="true" className="absolute top-7 -bottom-1 left-[0.4rem] w-px bg-line-strong group-last:hidden" />
          <span className="pt-0.5">
            <Glyph state={candidateFace(candidate.state).state} label={null} />
          </span>
          <span className="text-right font-mono text-xs leading-(--body-line) text-ink-3">{index + 1}</span>
          <div className="min-w-0">
            <Stop {...{ project, merge, candidate }} />
            {/* Of those that wait for a person it stands above. */}
            {candidate.state !== 'parked' && <CandidateActions {...{ merge, candidate, url, act }} />}
          </div>
        </li>
      ))}
    </ol>
  )
}

function Stop({ project, merge, candidate }: Pick<QueueProps, 'project' | 'merge'> & { candidate: MergeCandidate }) {
  const { number, title, run, commit, state, merged_as, tries } = candidate
  const resolved = resolvedWords(candidate.resolved_by)
  return (
    <>
      <p className="said flex flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-xs">{plain(number)}</span>
        {run ? (
          <Link to="/p/$project/runs/$run" params={{ project, run }} className="said min-w-0 underline decoration-line-strong underline-offset-3 hover:decoration-ink">
            {steady(title)}
          </Link>
        ) : (
          <span className="min-w-0">{steady(title)}</span>
        )}
        <span className="ml-auto text-xs font-semibold">{candidateFace(state).word}</span>
      </p>
      <p className="flex flex-wrap gap-x-3 text-xs text-ink-2">
        <span>
          <Commit of={commit} />
          {merged_as && (
            <>
              {' '}
              in it as <Commit of={merged_as} />
            </>
          )}
        </span>
        {resolved && <span>{resolved}</span>}
        {tries > 1 && <span>tried {tries} times</span>}
      </p>
      {state !== 'parked' && <Reason {...{ merge, candidate }} />}
    </>
  )
}

/** What it conflicts in, and why it stands. */
export function Reason({ merge, candidate: { park, conflicts, state }, next = false }: { merge: Merge; candidate: MergeCandidate; next?: boolean }) {
  const conflicting = conflicts.length > 0 && state !== 'merged'
  if (!park && !conflicting) return null
  return (
    <div className="said mt-1 text-xs">
      {park && (
        <p>
          {plain(park.reason)} {park.with && <>With {plain(numberOf(merge, park.with))}. </>}
          <span className="font-mono text-ink-3">{plain(park.code)}</span>
        </p>
      )}
      {conflicting && (
        <p className="text-ink-2">
          Conflicts in <span className="font-mono">{conflicts.slice(0, FILES).map(plain).join(', ')}</span>
          {conflicts.length > FILES && ` and ${conflicts.length - FILES} more`}
        </p>
      )}
      {park && next && <p className="text-ink-2">{nextOf(park.code)}</p>}
    </div>
  )
}
const FILES = 8
