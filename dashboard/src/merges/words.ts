/** Merges in words: how far each is, what its candidates are at, and what to do about one that stands. Pure. */
import type { Merge, MergeCandidate, MergeStep } from '../api/merges'
import type { State } from '../ui/Glyph'
import { shortId } from '../ui/Id'

export interface Face {
  state: State
  word: string
}

const MERGE: Record<Merge['status'], Face> = {
  queued: { state: 'queued', word: 'Queued' },
  merging: { state: 'running', word: 'Merges' },
  parked: { state: 'waiting', word: 'Waits for a person' },
  ready: { state: 'waiting', word: 'Waits for approval' },
  approved: { state: 'running', word: 'Lands' },
  landed: { state: 'done', word: 'Landed' },
  abandoned: { state: 'cancelled', word: 'Abandoned' },
}

export function mergeFace({ status, waits }: Pick<Merge, 'status' | 'waits'>): Face {
  if (status === 'queued' && waits === 'tasks') return { state: 'queued', word: 'Waits for tasks' }
  return MERGE[status] ?? { state: 'queued', word: spoken(status) }
}

const CANDIDATE: Record<MergeCandidate['state'], Face> = {
  waiting: { state: 'queued', word: 'Waits its turn' },
  trying: { state: 'running', word: 'Is tried' },
  conflicted: { state: 'blocked', word: 'Conflicts' },
  resolving: { state: 'running', word: 'Its conflict is being resolved' },
  parked: { state: 'waiting', word: 'Waits for a person' },
  merged: { state: 'done', word: 'Merged' },
  left_out: { state: 'cancelled', word: 'Left out' },
}

export const candidateFace = (state: MergeCandidate['state']): Face => CANDIDATE[state] ?? { state: 'queued', word: spoken(state) }

const RESOLVED: Record<NonNullable<MergeCandidate['resolved_by']>, string> = {
  agent: 'an agent resolved its conflict',
  model: 'a model resolved its conflict',
  person: 'a person resolved it',
}

export const resolvedWords = (by: MergeCandidate['resolved_by']): string | null => by && (RESOLVED[by] ?? spoken(by))

const OUTCOME: Record<MergeStep['outcome'], Face> = {
  running: { state: 'running', word: 'is verified' },
  green: { state: 'done', word: 'green' },
  red: { state: 'failed', word: 'red' },
}

export const outcomeFace = (outcome: MergeStep['outcome']): Face => OUTCOME[outcome] ?? { state: 'queued', word: spoken(outcome) }

/** What to do, by why it stands. */
const NEXT: Record<string, string> = {
  conflict: 'Resolve the conflict by hand, or go on without it.',
  unresolved: 'Nobody could resolve the conflict so far: do it by hand, or go on without it.',
  too_many_files: 'Too many files conflict for an agent: resolve them by hand, or go on without it.',
  red: 'It merges, and then the commands fail: mend that by hand in a commit that holds both, or go on without it.',
}

export const nextOf = (code: string): string => NEXT[code] ?? 'Try it again when the cause is gone, resolve it by hand, or go on without it.'

/** The work of a task by its number; by the end of its id when it is no candidate. */
export function numberOf({ candidates }: Pick<Merge, 'candidates'>, task: string): string {
  return candidates.find((candidate) => candidate.task === task)?.number ?? shortId(task)
}

/** Who made a step red: "TSK-004 with TSK-003" when each of them alone is green. */
export function culpritWords(merge: Pick<Merge, 'candidates'>, { culprit, with: other }: Pick<MergeStep, 'culprit' | 'with'>): string | null {
  if (!culprit) return null
  return [numberOf(merge, culprit), other && `with ${numberOf(merge, other)}`].filter(Boolean).join(' ')
}

export const waitsForPerson = ({ status }: Pick<Merge, 'status'>): boolean => status === 'parked' || status === 'ready'
export const isOver = ({ status }: Pick<Merge, 'status'>): boolean => status === 'landed' || status === 'abandoned'

export interface Groups {
  person: Merge[]
  going: Merge[]
  over: Merge[]
}

/** What waits for a person, what goes on, and what is over; each as it was given. */
export function groupsOf(merges: readonly Merge[]): Groups {
  const groups: Groups = { person: [], going: [], over: [] }
  for (const merge of merges) groups[waitsForPerson(merge) ? 'person' : isOver(merge) ? 'over' : 'going'].push(merge)
  return groups
}

/** The commit that a candidate comes on: the end of the branch, or where it begins as long as it holds nothing. */
export const endOf = ({ head, base }: Pick<Merge, 'head' | 'base'>): string | null => head ?? base

/** What can still be left out: it is not in the branch, and nobody is at it. */
export const canLeaveOut = ({ state }: Pick<MergeCandidate, 'state'>): boolean => state === 'waiting' || state === 'conflicted' || state === 'parked'

const spoken = (name: string): string => name.replaceAll('_', ' ')
