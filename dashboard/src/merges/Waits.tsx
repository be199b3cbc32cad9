/** What a merge waits for a person with: a yes to all of it, or help with a candidate. */
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Merge } from '../api/merges'
import { plain } from '../run/plain'
import { useOnlyLooking } from '../session/role'
import { useKeys } from '../shell/useKeys'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'
import { steady } from '../ui/visible'
import { CandidateActions, Retry } from './Actions'
import { Commit } from './Commit'
import { Reason } from './Queue'
import type { Act } from './useMerges'

const ApproveMerge = lazy(() => import('./ApproveMerge'))

export function Ready({ merge, act }: { merge: Merge; act: Act }) {
  const [asks, setAsks] = useState(false)
  const looking = useOnlyLooking()
  const { head } = merge
  useKeys('Merge', looking === null && head ? [{ keys: 'a', does: 'Approve the merge …', run: () => setAsks(true) }] : [])
  return (
    <Box title={`${looking === null ? 'Waits for you' : 'Waits for approval'}: may it land?`}>
      <p className="said mb-2">
        {merge.target ? <code className="font-mono text-xs">{plain(merge.target)}</code> : 'The default branch'} goes forward to <code className="font-mono text-xs">{plain(merge.branch)}</code>
        {head && (
          <>
            {' '}
            at <Commit of={head} />
          </>
        )}
        .
      </p>
      {looking !== null ? (
        <OnlyLooking why={looking} />
      ) : (
        <Button kind="primary" title="Approve … (a)" disabled={!head} onClick={() => setAsks(true)}>
          Approve …
        </Button>
      )}
      {asks && head && (
        <Suspense>
          <ApproveMerge {...{ merge, act }} onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </Box>
  )
}

export function Parked({ merge, url, act }: { merge: Merge; url: string | undefined; act: Act }) {
  const looking = useOnlyLooking()
  const parked = merge.candidates.filter(({ state }) => state === 'parked')
  return (
    <Box title={`${looking === null ? 'Waits for you' : 'Waits for a person'}: ${parked.length === 1 ? 'one candidate stands' : `${parked.length} candidates stand`}`}>
      {looking !== null && <OnlyLooking why={looking} />}
      <ul className="divide-y divide-line">
        {parked.map((candidate) => (
          <li key={candidate.task} aria-label={`${plain(candidate.number)} waits`} className="py-2">
            <p className="said font-semibold">
              <span className="mr-2 font-mono text-xs font-normal">{plain(candidate.number)}</span>
              {steady(candidate.title)}
            </p>
            <Reason {...{ merge, candidate }} next />
            <CandidateActions {...{ merge, candidate, url, act }} />
          </li>
        ))}
      </ul>
      {looking === null && parked.length > 1 && (
        <Retry merge={merge} act={act}>
          Try all of them again
        </Retry>
      )}
    </Box>
  )
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="rounded-lg border border-waiting bg-raised p-3">
      <p className="mb-2 flex items-start gap-2 font-semibold">
        <span className="pt-0.5">
          <Glyph state="waiting" label={null} />
        </span>
        {title}
      </p>
      {children}
    </section>
  )
}
