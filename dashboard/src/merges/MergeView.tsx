/** All of one merge: how far it is, what it waits for, its candidates in their order, and how each step was verified. */
import { Link } from '@tanstack/react-router'
import type { Merge } from '../api/merges'
import { many } from '../run/amounts'
import { plain } from '../run/plain'
import { Glyph } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { Section } from '../ui/Section'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { Abandon } from './Actions'
import { Commit } from './Commit'
import { Queue } from './Queue'
import { Steps } from './Steps'
import type { Act } from './useMerges'
import { Parked, Ready } from './Waits'
import { mergeFace } from './words'

interface MergeViewProps {
  project: string
  merge: Merge
  /** Of the repository. */
  url: string | undefined
  act: Act
}

export function MergeView({ project, merge, url, act }: MergeViewProps) {
  return (
    <article aria-label={steady(merge.title)} className="flex min-w-0 flex-col gap-6">
      <Head {...{ project, merge, act }} />
      {merge.status === 'ready' && <Ready {...{ merge, act }} />}
      {merge.candidates.some(({ state }) => state === 'parked') && <Parked {...{ merge, url, act }} />}
      <Section title={`Queue (${merge.candidates.length})`}>
        <Queue {...{ project, merge, url, act }} />
      </Section>
      <Section title={merge.steps.length > 0 ? `Steps (${merge.steps.length})` : 'Steps'}>
        <Steps merge={merge} />
      </Section>
    </article>
  )
}

function Head({ project, merge, act }: Pick<MergeViewProps, 'project' | 'merge' | 'act'>) {
  const { state, word } = mergeFace(merge)
  const merged = merge.candidates.filter((candidate) => candidate.state === 'merged').length
  return (
    <header>
      <div className="flex flex-wrap items-start gap-3">
        <h2 className="said min-w-[min(100%,16rem)] flex-1 text-lg font-semibold">{steady(merge.title)}</h2>
        <Abandon {...{ merge, act }} />
      </div>
      <p className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="flex items-center gap-1.5 font-semibold">
          <Glyph state={state} label={null} />
          {word}
        </span>
        <span className="said min-w-0 font-mono text-xs">
          {plain(merge.branch)} <span className="font-sans text-ink-2">to</span> {merge.target ? plain(merge.target) : <span className="font-sans text-ink-2">the default branch</span>}
        </span>
        <span className="text-ink-2">
          {merged} of {many(merge.candidates.length, 'candidate')} merged, {many(merge.verifications, 'verification')}
        </span>
        <Whole {...{ project, merge }} />
        <span className="text-ink-2">
          queued <When at={merge.queued_at} />, changed <When at={merge.updated_at} />
        </span>
      </p>
      <p className="said mt-1.5 max-w-[72ch] text-ink-2">
        <Meaning merge={merge} />
      </p>
      {merge.refused && merge.status !== 'landed' && (
        <p role="note" aria-label="Why it did not land" className="said mt-2 flex items-start gap-2">
          <span className="pt-0.5">
            <Glyph state="failed" label={null} />
          </span>
          <span className="min-w-0">
            The last landing was refused: {plain(merge.refused.reason)} <span className="font-mono text-xs text-ink-3">{plain(merge.refused.code)}</span>
          </span>
        </p>
      )}
    </header>
  )
}

/** Whose work it is. */
function Whole({ project, merge: { of } }: Pick<MergeViewProps, 'project' | 'merge'>) {
  const look = 'inline-flex min-h-6 items-center underline decoration-line-strong underline-offset-3 hover:decoration-ink'
  return of.kind === 'spec' ? (
    <Link to="/p/$project/specs/$spec" params={{ project, spec: of.id }} className={look}>
      Its spec
    </Link>
  ) : (
    <Link to="/p/$project/t/$ticket" params={{ project, ticket: of.id }} className={look}>
      Its ticket
    </Link>
  )
}

/** What stands behind the word. */
function Meaning({ merge }: { merge: Merge }) {
  const { status, approval, landed, complete, of } = merge
  const target = merge.target ? plain(merge.target) : 'The default branch'
  const open = complete ? '' : ` Not all tasks of the ${of.kind} are done yet.`
  switch (status) {
    case 'queued':
      return merge.waits === 'tasks' ? `It goes on when the next task of the ${of.kind} is done.` : `It goes on by itself.${open}`
    case 'merging':
      return `A worker merges the candidates one after the other, and verifies the branch.${open}`
    case 'parked':
      return `It cannot go on without a person.${open}`
    case 'ready':
      return `All that is in it was verified together.${open}`
    case 'approved':
      return (
        <>
          Approved{approval && <By {...{ approval }} />}: {target} goes forward to it.
        </>
      )
    case 'landed':
      return (
        <>
          {target} has it{landed && <> as <Commit of={landed.commit} /> since <When at={landed.at} /></>}
          {approval && <>, approved<By {...{ approval }} /></>}.
        </>
      )
    case 'abandoned':
      return 'It was given up: the branch stays as it is, and nothing of it lands.'
    default:
      return null
  }
}

function By({ approval }: { approval: NonNullable<Merge['approval']> }) {
  return (
    <>
      {' '}
      by <Id id={approval.by} /> <When at={approval.at} />
    </>
  )
}
