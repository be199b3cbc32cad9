/** The phases in their order: how far each is, and what was said of each attempt, section by section. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Rejection, readRejections } from '../api/specs'
import type { Spec } from '../api/types'
import { Glyph, type State } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { When } from '../ui/When'
import { Problems } from './Problems'
import { type Attempt, allFaults, type Verdict } from './verdict'
import { phaseWord, plainName } from './words'

type Phase = Spec['phases'][number]

const FACE: Record<Phase['status'], { state: State; word: string }> = {
  waiting: { state: 'queued', word: 'Not begun' },
  running: { state: 'running', word: 'Being written' },
  awaiting_approval: { state: 'waiting', word: 'Waits for a yes' },
  passed: { state: 'done', word: 'Passed' },
  failed: { state: 'failed', word: 'Failed' },
}

const HALTED: { state: State; word: string } = { state: 'paused', word: 'Stands still' }

export function Phases({ spec }: { spec: Spec }) {
  const rejections = useRejections(spec)
  return (
    <ol className="divide-y divide-line rounded-lg border border-line bg-raised">
      {spec.phases.map((phase) => (
        <PhaseRow
          key={phase.phase}
          phase={phase}
          stands={spec.status === 'halted' && spec.phase === phase.phase}
          rejections={rejections.filter(({ gate }) => gate === phase.phase)}
          due={spec.status === 'planning' && spec.phase === phase.phase ? (spec.due ?? null) : null}
        />
      ))}
    </ol>
  )
}

/** They are in the log only; where nothing was written twice there are none. */
function useRejections(spec: Spec): readonly Rejection[] {
  const attempts = spec.phases.filter(({ phase }) => phase === 'requirements' || phase === 'design').map(({ attempts }) => attempts.length)
  const { data } = useQuery({
    queryKey: ['spec', spec.id, 'rejections', attempts],
    queryFn: ({ signal }) => readRejections(spec.id, signal),
    enabled: spec.gates === 'review' && attempts.some((count) => count > 1),
    placeholderData: (before) => before,
  })
  return data ?? []
}

/** The rejection of this attempt: it came after it began, and before the next did. */
const rejectionOf = (attempt: Attempt, next: Attempt | undefined, rejections: readonly Rejection[]): Rejection | undefined =>
  rejections.find(({ recorded_at }) => recorded_at > attempt.started_at && (!next || recorded_at < next.started_at))

interface PhaseRowProps {
  phase: Phase
  /** Nobody writes it until planning goes on. */
  stands: boolean
  /** Newest first. */
  rejections: readonly Rejection[]
  due: string | null
}

function PhaseRow({ phase, stands, rejections, due }: PhaseRowProps) {
  const { state, word } = stands ? HALTED : faceOfPhase(phase)
  // While it is written again, what was said of it before is about another one.
  const judged = phase.status === 'running' ? null : phase.attempts.findLast(({ verdict }) => verdict)
  const heeded = rejections[0]
  const names = phase.written.map(plainName).join(', ')
  return (
    <li>
      <details className="peer">
        <summary className="flex min-h-(--row) flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5 hover:bg-sunk">
          <Glyph state={state} label={null} />
          <span className="font-semibold">{phaseWord(phase.phase)}</span>
          <span className="text-xs text-ink-2">{word}</span>
          {due && (
            <span className="text-xs text-waiting">
              next attempt at <time dateTime={due}>{due.slice(11, 19)} UTC</time>
            </span>
          )}
          <span className="ml-auto text-xs text-ink-2">
            {[
              phase.attempts.length > 1 && `${phase.attempts.length} attempts`,
              phase.written.length > 0 && (phase.written.length === 1 ? '1 section' : `${phase.written.length} sections`),
              judged?.verdict && `score ${percent(judged.verdict.score)}`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </summary>
        <div className="flex flex-col gap-3 border-t border-line bg-paper px-3 py-2">
          {phase.written.length > 0 && <p className="text-xs text-ink-2">Written: {names}</p>}
          {phase.attempts.length === 0 && <p className="text-ink-2">Nothing was tried yet.</p>}
          {phase.attempts
            .map((attempt, index) => (
              <AttemptNote
                key={attempt.attempt}
                attempt={attempt}
                rejection={rejectionOf(attempt, phase.attempts[index + 1], rejections)}
                open={index === phase.attempts.length - 1}
              />
            ))
            .toReversed()}
        </div>
      </details>
      {heeded && (phase.status === 'running' || phase.status === 'awaiting_approval') && (
        <p className="said px-3 pb-2 pl-9.5 text-xs peer-open:hidden">Sent back before, because: {heeded.reason}</p>
      )}
      {phase.status === 'running' && phase.written.length > 0 && <p className="said px-3 pb-2 pl-9.5 text-xs text-ink-2 peer-open:hidden">Written so far: {names}</p>}
    </li>
  )
}

/** An import brings all phases along: those after a gate are written and not yet judged. */
function faceOfPhase(phase: Phase): { state: State; word: string } {
  if (phase.status === 'waiting' && phase.written.length > 0) return { state: 'queued', word: 'Written, not judged yet' }
  return FACE[phase.status]
}

const percent = (score: number): string => `${Math.round(score * 100)} %`

function AttemptNote({ attempt, rejection, open }: { attempt: Attempt; rejection: Rejection | undefined; open: boolean }) {
  const [chosen, setShown] = useState<boolean | null>(null)
  const shown = chosen ?? open
  const { verdict, error, passed, ended_at } = attempt
  return (
    <section aria-label={`Attempt ${attempt.attempt}`}>
      <p className="flex flex-wrap items-center gap-x-2 text-xs">
        <span className="font-semibold">Attempt {attempt.attempt}</span>
        <span className={rejection ? 'text-waiting' : passed ? 'text-done' : error || ended_at ? 'text-failed' : 'text-ink-2'}>
          {rejection ? 'sent back' : passed ? 'passed' : error || verdict ? 'did not pass' : 'not judged yet'}
        </span>
        {verdict && <span>score {percent(verdict.score)}</span>}
        <span className="text-ink-2">
          began <When at={attempt.started_at} />
        </span>
        {attempt.edited_by && (
          <span className="text-ink-2">
            written by <Id id={attempt.edited_by} />
          </span>
        )}
        {verdict && !open && (
          <button type="button" className="h-6 underline" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Less' : 'Why'}
          </button>
        )}
      </p>
      {rejection && (
        <p className="said mt-1">
          {rejection.reason}{' '}
          <span className="text-xs text-ink-2">
            said by <Id id={rejection.by} />
          </span>
        </p>
      )}
      {error && <p className="said mt-1 text-failed">{error}</p>}
      {verdict && shown && <Sections verdict={verdict} />}
    </section>
  )
}

/** A section and what was said of it stand together. */
function Sections({ verdict }: { verdict: Verdict }) {
  const named = new Set(verdict.criteria.map(({ name }) => name))
  const others = allFaults(verdict).filter(({ item, code }) => !named.has(item ?? '') && !named.has(code))
  return (
    <>
      <ul className="mt-1 flex flex-col">
        {verdict.criteria.map(({ name, score, weight }) => (
          <li key={name} className="border-b border-line py-1 last:border-0">
            <div className="grid grid-cols-[minmax(0,1fr)_5rem_3rem_5rem] items-center gap-2 text-xs">
              <span>{plainName(name)}</span>
              <svg viewBox="0 0 100 6" preserveAspectRatio="none" className="h-1.5 w-full" aria-hidden="true">
                <rect width={100} height={6} fill="var(--line)" />
                <rect width={score * 100} height={6} fill={score < 1 ? 'var(--st-waiting)' : 'var(--st-done)'} />
              </svg>
              <span className="text-right font-mono">{percent(score)}</span>
              <span className="text-right text-ink-3">weighs {percent(weight)}</span>
            </div>
            <Problems problems={allFaults(verdict).filter(({ item, code }) => item === name || code === name)} under={name} />
          </li>
        ))}
      </ul>
      <Problems problems={others} />
    </>
  )
}
