/** A spec in words: where it stands, and what its parts are called. */
import type { PlanningPhase, SpecGate, SpecLine } from '../api/types'
import type { State } from '../ui/Glyph'

const PHASE: Record<PlanningPhase, string> = {
  explore: 'Exploration',
  prd: 'Product requirements',
  requirements: 'Requirements',
  design: 'Design',
  tasks: 'Tasks',
  sync: 'Fit of the whole',
}
export const phaseWord = (phase: PlanningPhase): string => PHASE[phase] ?? phase

export const gateWord = (gate: SpecGate): string => (gate === 'requirements' ? 'the requirements' : 'the design')
export const gateQuestion = (gate: SpecGate): string =>
  gate === 'requirements' ? 'are the requirements as they should be?' : 'is the design as it should be?'

/** A name of a section or a criterion, as words: `ears_format` is "ears format". */
export const plainName = (name: string): string => name.replaceAll('_', ' ')

/** Keeps each member of the union a member of it. */
type Standing<Line = SpecLine> = Line extends unknown ? Omit<Line, 'id' | 'title' | 'created_at' | 'updated_at' | 'tickets' | 'tasks'> : never

export interface Face {
  state: State
  word: string
  /** Why, when that is not said by the word. */
  why?: string
}

export function faceOf(spec: Standing): Face {
  switch (spec.status) {
    case 'planning':
      return { state: 'running', word: `Writes ${phaseWord(spec.phase).toLowerCase()}${spec.attempt > 1 ? `, attempt ${spec.attempt}` : ''}` }
    case 'awaiting_answers':
      return { state: 'waiting', word: 'Waits for answers' }
    case 'awaiting_approval':
      return { state: 'waiting', word: `Waits for a yes to ${gateWord(spec.gate)}` }
    case 'halted':
      return spec.reason.kind === 'no_model'
        ? { state: 'paused', word: `Halted before ${phaseWord(spec.phase).toLowerCase()}: no model`, why: spec.reason.message }
        : { state: 'paused', word: `Halted before ${phaseWord(spec.phase).toLowerCase()}: the budget is too small` }
    case 'planned':
      return { state: 'done', word: 'Planned' }
    case 'executing':
      return { state: 'running', word: 'Is worked on' }
    case 'completed':
      return { state: 'done', word: 'Done' }
    case 'failed':
      return { state: 'failed', word: `Failed at ${phaseWord(spec.phase).toLowerCase()}`, why: spec.reason }
    case 'cancelled':
      return { state: 'cancelled', word: 'Cancelled' }
  }
}

/** Hours as people say them. */
export const hours = (n: number): string => `${Number(n.toFixed(2))} h`

/** Where a thing of the plan stands in the page. Ids are of others, so none of ours may be one of them. */
export const placeOf = (id: string): string => `plan-${id}`
export const linkTo = (id: string): string => `#${encodeURIComponent(placeOf(id))}`
