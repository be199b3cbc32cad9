/** What a person can do: with a candidate that stands, and with a whole merge. */
import { useMutation } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useId, useState } from 'react'
import { type Merge, type MergeCandidate, retryMerge } from '../api/merges'
import { wordsOf } from '../api/problem'
import { plain } from '../run/plain'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import type { Act } from './useMerges'
import { canLeaveOut, isOver } from './words'

const AbandonMerge = lazy(() => import('./AbandonMerge'))
const Conflict = lazy(() => import('./Conflict'))
const LeaveOut = lazy(() => import('./LeaveOut'))
const ResolveMerge = lazy(() => import('./ResolveMerge'))

interface CandidateActionsProps {
  merge: Merge
  candidate: MergeCandidate
  /** Of the repository. */
  url: string | undefined
  act: Act
}

export function CandidateActions({ merge, candidate, url, act }: CandidateActionsProps) {
  const [asks, setAsks] = useState<'resolve' | 'leave out' | null>(null)
  const [reads, setReads] = useState(false)
  const place = useId()
  const may = useOnlyLooking() === null && !isOver(merge)
  const stands = candidate.state === 'parked'
  const leaves = may && canLeaveOut(candidate)
  const conflicting = candidate.conflicts.length > 0 && candidate.state !== 'merged' && candidate.state !== 'left_out'
  if (!conflicting && !leaves) return null
  const close = () => setAsks(null)
  const of = <span className="sr-only">{plain(candidate.number)}</span>
  return (
    <>
      <div className="mt-1.5 flex flex-wrap items-start gap-2">
        {conflicting && (
          <Button aria-expanded={reads} aria-controls={reads ? place : undefined} onClick={() => setReads(!reads)}>
            <span>
              {reads ? 'Hide' : 'Show'} the conflict {of}
            </span>
          </Button>
        )}
        {may && stands && (
          <>
            <Button onClick={() => setAsks('resolve')}>
              <span>Resolve {of} …</span>
            </Button>
            <Retry {...{ merge, act }} task={candidate.task}>
              Try {of} again
            </Retry>
          </>
        )}
        {leaves && (
          <Button kind={stands ? 'plain' : 'quiet'} onClick={() => setAsks('leave out')}>
            <span>Leave {of} out …</span>
          </Button>
        )}
      </div>
      {reads && conflicting && (
        <div id={place}>
          <Suspense>
            <Conflict {...{ merge, candidate }} />
          </Suspense>
        </div>
      )}
      {asks && (
        <Suspense>
          {asks === 'resolve' ? <ResolveMerge {...{ merge, candidate, url, act }} onClose={close} /> : <LeaveOut {...{ merge, candidate, act }} onClose={close} />}
        </Suspense>
      )}
    </>
  )
}

/** Tries what is parked again: one candidate, or all. */
export function Retry({ merge, task, act, children }: { merge: Merge; task?: string; act: Act; children: ReactNode }) {
  const retry = useMutation({
    mutationFn: () => act(task ? retryMerge(merge.id, task) : retryMerge(merge.id)),
    onSuccess: () => announce('Is tried again'),
  })
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <Button aria-disabled={retry.isPending || undefined} onClick={() => !retry.isPending && retry.mutate()}>
        <span>{retry.isPending ? 'Asking …' : children}</span>
      </Button>
      <span role="alert" className="said min-w-0 text-xs text-failed empty:hidden">
        {retry.error && wordsOf(retry.error)}
      </span>
    </span>
  )
}

/** Gives all of it up, by who may. */
export function Abandon({ merge, act }: { merge: Merge; act: Act }) {
  const [asks, setAsks] = useState(false)
  const may = useOnlyLooking() === null
  if (!may || isOver(merge)) return null
  return (
    <>
      <Button onClick={() => setAsks(true)}>Abandon …</Button>
      {asks && (
        <Suspense>
          <AbandonMerge {...{ merge, act }} onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </>
  )
}
