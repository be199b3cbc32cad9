/**
 * What a ticket still needs before it may leave a phase, as far as its own page can tell. The server decides; this says in
 * advance what it will say. Pure.
 */
import { PHASES, type Phase, type Project, type Ticket } from '../api/types'
import type { State } from '../ui/Glyph'

export interface Criterion {
  state: State
  word: string
  /** What is missing. */
  missing: string | null
}

export interface Gate {
  phase: Phase
  here: boolean
  criteria: Criterion[]
}

type Rules = Project['gates'][string]

/** The gates from where the ticket stands to the end, those without any condition left out. */
export function gatesAhead(ticket: Pick<Ticket, 'phase' | 'tasks' | 'approvals'>, rules: Project['gates']): Gate[] {
  const from = PHASES.indexOf(ticket.phase)
  return PHASES.slice(from, -1)
    .map((phase) => ({ phase, here: phase === ticket.phase, criteria: criteriaOf(phase, ticket, rules[phase] ?? []) }))
    .filter(({ criteria }) => criteria.length > 0)
}

function criteriaOf(phase: Phase, ticket: Pick<Ticket, 'tasks' | 'approvals'>, rules: Rules): Criterion[] {
  const tasks = Object.values(ticket.tasks)
    .filter((task) => task.phase === phase && task.outcome !== 'cancelled')
    .toSorted((a, b) => a.number.localeCompare(b.number, 'en', { numeric: true }))
  const criteria: Criterion[] = []
  // That its tasks are done is asked of every phase, whether or not a rule says so.
  if (tasks.length > 0) {
    const open = tasks.filter(({ outcome }) => outcome !== 'completed')
    criteria.push(met(open.length === 0, `${tasks.length - open.length} of ${tasks.length} tasks done`, missing(open)))
  }
  for (const rule of rules) {
    if (rule.kind === 'approval') criteria.push(approval(ticket.approvals[phase]))
    if (rule.kind === 'evidence' && rule.level === 'verified' && tasks.length > 0) {
      const unproven = tasks.filter(({ outcome, evidence }) => outcome === 'completed' && evidence !== 'verified')
      criteria.push(met(unproven.length === 0, 'Completions verified by the platform', missing(unproven)))
    }
  }
  return criteria
}

const met = (so: boolean, word: string, lacks: string): Criterion => ({ state: so ? 'done' : 'queued', word, missing: so ? null : lacks })

const missing = (tasks: readonly { number: string; outcome: string }[]): string =>
  tasks.map(({ number, outcome }) => (outcome === 'failed' ? `${number} failed` : number)).join(', ')

function approval(given: Ticket['approvals'][string] | undefined): Criterion {
  switch (given?.state) {
    case 'granted':
      return { state: 'done', word: 'Approved', missing: null }
    case 'requested':
      return { state: 'waiting', word: 'Approval asked for', missing: 'somebody must answer' }
    case 'rejected':
      return { state: 'failed', word: 'Approval refused', missing: given.reason }
    default:
      return { state: 'queued', word: 'Approval', missing: 'nobody has asked for it' }
  }
}
