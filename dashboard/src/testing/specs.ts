/** A spec for tests: imported, under review, with two requirements and two tasks. */
import type { Spec } from '../api/types'

export const PROJECT = '36d076fe-bcc4-8ccc-a9ab-9021efaf03b1'
export const SPEC = 'c03137cc-3ae9-8ea5-9af4-b6b5c6cab1f4'
export const HASH = 'ef8e518c7695759f92ea4740ae2188b0c2cda3c270cc8099afff44d1c238616c'
export const OTHER_HASH = '1ca49fcdc99db4cd8bf486ac978d4933882a47b76b8ba5459520072142c353be'
export const HOSTILE = '<img src=x onerror="window.hit=1">'
const AT = '2026-11-28T04:38:40.296127Z'

type Requirement = Spec['requirements'][number]
type Task = Spec['tasks'][number]

export const requirement = (given: Partial<Requirement> & { id: string; title: string }): Requirement => ({
  type: 'functional',
  category: 'FUNC',
  priority: null,
  text: 'As a person, I want it.',
  acceptance_criteria: [],
  criteria: [],
  dependencies: [],
  ears: null,
  ...given,
})

export const task = (given: Partial<Task> & { id: string; title: string; parent_ticket: string }): Task => ({
  description: '',
  type: '',
  priority: null,
  estimate: '',
  estimated_hours: 1,
  files_to_create: [],
  files_to_modify: [],
  acceptance_criteria: [],
  dependencies: { depends_on: [], blocks: [] },
  requirements_addressed: [],
  components: [],
  ...given,
})

const verdict: NonNullable<Spec['phases'][number]['attempts'][number]['verdict']> = {
  score: 0.725,
  criteria: [
    { name: 'ears_format', weight: 0.8, score: 1 },
    { name: 'assumptions', weight: 0.2, score: 0.5 },
  ],
  vetoes: [],
  issues: [
    { item: 'assumptions', code: 'assumptions', message: 'write in assumptions what is taken for granted' },
    { item: 'REQ-1.1', code: 'vague', message: 'say how fast' },
  ],
}

const plan = {
  id: SPEC,
  project: PROJECT,
  title: `Todo ${HOSTILE}`,
  origin: { from: 'import', layout: 'kiro' },
  gates: 'review',
  budget: null,
  calls: { begun: 0, failed: 0, ambiguous: 0, input_tokens: 0, output_tokens: 0, cost: 0 },
  phases: [
    {
      phase: 'requirements',
      status: 'awaiting_approval',
      content_hash: HASH,
      written: ['assumptions', 'requirements'],
      attempts: [{ attempt: 1, edited_by: null, started_at: AT, ended_at: AT, sections: 2, verdict, error: null, passed: true }],
    },
    {
      phase: 'design',
      status: 'waiting',
      content_hash: null,
      written: ['components'],
      attempts: [{ attempt: 1, edited_by: null, started_at: AT, ended_at: null, sections: 1, verdict: null, error: null, passed: false }],
    },
    { phase: 'sync', status: 'waiting', content_hash: null, written: [], attempts: [] },
  ],
  questions: [],
  approvals: [{ gate: 'requirements', status: 'requested', content_hash: HASH }],
  explore: null,
  prd: null,
  requirements: [
    requirement({
      id: 'REQ-1',
      title: 'Add a thing',
      criteria: [
        {
          text: 'IF TEXT is empty THEN the system SHALL print an error',
          kind: 'statement',
          ears: { kind: 'unwanted', trigger: { keyword: 'if', text: 'TEXT is empty' }, system: 'the system', modal: 'SHALL', response: 'print an error' },
        },
        { text: HOSTILE, kind: 'statement', ears: null },
      ],
    }),
    requirement({ id: 'REQ-2', title: 'See the list' }),
  ],
  statements: [{ id: 'List', text: 'The things to do' }],
  assumptions: ['One list is enough.'],
  out_of_scope: [],
  open_questions: [],
  design: {
    feature_name: 'todo',
    architecture_overview: 'One binary.',
    architecture_diagram: 'graph LR\n  A --> B',
    components: [
      { name: 'Store', type: '', file_path: 'src/store.rs', description: '', responsibility: 'Reads the list.', interfaces: [], dependencies: [] },
    ],
    data_models: [],
    api_endpoints: [],
    integration_points: [],
    error_handling: { 'No file': 'It is made.' },
    testing_strategy: 'In memory.',
    security_considerations: [],
    migration_plan: {},
    document: null,
  },
  tickets: [
    {
      id: 'TKT-001',
      title: 'Groundwork',
      description: '',
      priority: 'high',
      estimate: '',
      requirements: ['REQ-1'],
      tasks: ['TSK-001', 'TSK-002'],
      acceptance_criteria: [],
      dependencies: { blocked_by: [], blocks: [] },
    },
  ],
  tasks: [
    task({ id: 'TSK-001', title: 'Set up', parent_ticket: 'TKT-001' }),
    task({ id: 'TSK-002', title: 'Store', parent_ticket: 'TKT-001', estimated_hours: 2.5, dependencies: { depends_on: ['TSK-001'], blocks: [] } }),
  ],
  coverage: [
    { requirement_id: 'REQ-1', requirement_title: 'Add a thing', covered_by_tasks: ['TSK-001', 'TSK-002'], covered_by_tickets: ['TKT-001'], status: 'fully_covered', coverage_notes: '' },
    { requirement_id: 'REQ-2', requirement_title: 'See the list', covered_by_tasks: [], covered_by_tickets: [], status: 'not_covered', coverage_notes: 'no task names it' },
  ],
  critical_path: ['TSK-001', 'TSK-002'],
  critical_path_hours: 3.5,
  total_hours: 3.5,
  waves: [['TSK-001'], ['TSK-002']],
  work: null,
  near_duplicates: [],
  plan_hash: null,
  revisions: [],
  drift: [],
  created_at: AT,
  updated_at: AT,
  version: 29,
  position: 79,
  stale: null,
}

type Stage = { status: Spec['status']; possible: string[] } & Record<string, unknown>

/** At a stage of its life. */
export const specAt = (stage: Stage, given: Record<string, unknown> = {}): Spec => ({ ...plan, ...stage, ...given }) as unknown as Spec

export const waiting = (content_hash = HASH): Spec =>
  specAt({ status: 'awaiting_approval', gate: 'requirements', content_hash, possible: ['approve', 'reject', 'edit', 'cancel'] })
