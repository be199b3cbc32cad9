/** A merge for tests: of a spec with three tasks, one of which is in, one stands, and one waits. */
import type { InboxItem, Moving } from '../api/inbox'
import type { ConflictFile, Merge, MergeCandidate, MergeConflict } from '../api/merges'
import { ADA, HOSTILE, PROJECT, RUN, TASK } from './runs'
import { SPEC } from './specs'

export const MERGE = '2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e5f'
export const OTHER_MERGE = '2f4c0f5e-6a3b-8d1c-9e7f-0a1b2c3d4e60'
export const THIRD = '9ad8e2e3-80b5-8c71-bdf0-4524b1d25434'
export const FOURTH = '9ad8e2e3-80b5-8c71-bdf0-4524b1d25435'
export const HEAD = '1d2e3f4a5b60718293a4b5c6d7e8f9012345670c'
export const BASE = '0c1d2e3f4a5b60718293a4b5c6d7e8f901234567'
export const THEIRS = '3f4a5b60718293a4b5c6d7e8f9012345670c1d2e'
const AT = '2026-11-30T09:15:00.120031Z'

export const candidate = (given: Partial<MergeCandidate> = {}): MergeCandidate => ({
  task: TASK,
  number: 'TSK-001',
  title: 'Add the tax',
  run: RUN,
  commit: '2e3f4a5b60718293a4b5c6d7e8f9012345670c1d',
  state: 'merged',
  conflicts: [],
  tries: 0,
  merged_as: HEAD,
  resolved_by: null,
  park: null,
  ...given,
})

export const parked = candidate({
  task: THIRD,
  number: 'TSK-003',
  title: `Take the discount off ${HOSTILE}`,
  commit: THEIRS,
  state: 'parked',
  conflicts: ['src/sums.rs'],
  tries: 2,
  merged_as: null,
  park: { code: 'unresolved', reason: `nobody could say how a sum is rounded ${HOSTILE}`, with: TASK },
})

export const waitingCandidate = candidate({ task: FOURTH, number: 'TSK-004', title: 'Print the sums', state: 'waiting', run: null, merged_as: null })

const step = { step: 1, tasks: [TASK], outcome: 'green', head: HEAD, verifications: 1, commands: [{ cmd: 'cargo test', exit: 0, duration_ms: 812 }], culprit: null, with: null, at: AT } as const

/** A person is needed. */
export const theMerge = (given: Partial<Merge> = {}): Merge => ({
  id: MERGE,
  project: PROJECT,
  of: { kind: 'spec', id: SPEC },
  title: `Invoices ${HOSTILE}`,
  branch: 'omoi/spec-invoices',
  target: 'main',
  base: BASE,
  head: HEAD,
  status: 'parked',
  waits: 'person',
  complete: true,
  candidates: [candidate(), parked, waitingCandidate],
  steps: [
    { ...step, tasks: [TASK], commands: [...step.commands] },
    {
      ...step,
      step: 2,
      tasks: [FOURTH, THIRD],
      outcome: 'red',
      verifications: 3,
      commands: [
        { cmd: 'cargo test', exit: 101, duration_ms: 2_345 },
        { cmd: `echo ${HOSTILE}`, exit: 0, duration_ms: 4 },
      ],
      culprit: FOURTH,
      with: THIRD,
    },
  ],
  verifications: 4,
  approval: null,
  refused: null,
  landed: null,
  queued_at: AT,
  updated_at: AT,
  ...given,
})

/** Everything is in it; a yes is missing. */
export const readyMerge = (given: Partial<Merge> = {}): Merge =>
  theMerge({ status: 'ready', waits: 'approval', candidates: [candidate(), { ...parked, state: 'left_out', park: null, conflicts: [] }], ...given })

/** The default branch has it. */
export const landedMerge = (given: Partial<Merge> = {}): Merge =>
  readyMerge({ id: OTHER_MERGE, title: 'Reminders', branch: 'omoi/spec-reminders', status: 'landed', waits: null, approval: { by: ADA, at: AT, head: HEAD }, landed: { commit: HEAD, at: AT }, ...given })

export const conflictFile = (given: Partial<ConflictFile> = {}): ConflictFile => ({
  path: 'src/sums.rs',
  base: 'fn sum() {\n    round(0)\n}\n',
  ours: 'fn sum() {\n    round(2)\n}\n',
  theirs: `fn sum() {\n    ${HOSTILE}\n}\n`,
  marked: `fn sum() {\n<<<<<<< omoi/spec-invoices\n    round(2)\n||||||| base\n    round(0)\n=======\n    ${HOSTILE}\n>>>>>>> TSK-003\n}\n`,
  ...given,
})

export const theConflict = (given: Partial<MergeConflict> = {}): MergeConflict => ({ task: THIRD, head: HEAD, commit: THEIRS, position: 70, stale: null, cut: false, files: [conflictFile()], ...given })

export const item = (given: Partial<InboxItem> = {}): InboxItem => ({
  kind: 'merge_approval',
  project: PROJECT,
  since: AT,
  about: { kind: 'merge', id: MERGE, number: null, title: `Invoices ${HOSTILE}` },
  text: `Everything is in omoi/spec-invoices and verified: may main have it? ${HOSTILE}`,
  of: SPEC,
  ...given,
})

export const moving = (given: Partial<Moving> = {}): Moving => ({ run: RUN, task: TASK, number: 'TSK-001', title: `Mend ${HOSTILE}`, agent: 'scripted', project: PROJECT, since: AT, ...given })
