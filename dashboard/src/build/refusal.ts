/** Why a build does not go on, and which field of its form that is about. */
import { ProblemError, wordsOf } from '../api/problem'
import type { StepName } from './course'

export type FieldName = 'repository' | 'idea' | 'agent' | 'verify' | 'parallel'

/** The code is the name of the field, or `nowhere`: so the form finds the place. */
export const refusal = (field: FieldName | 'nowhere', words: string): ProblemError => new ProblemError(field, 422, words)

/** For the form: which field a code is about. */
export const FIELDS: Record<FieldName, FieldName> = { repository: 'repository', idea: 'idea', agent: 'agent', verify: 'verify', parallel: 'parallel' }

/** What the server refused in a step, at its field. */
export function placed(step: StepName, error: unknown): ProblemError {
  if (!(error instanceof ProblemError)) return new ProblemError('nowhere', 0, wordsOf(error), { cause: error })
  if (error.code in FIELDS || error.code === 'nowhere') return error
  return new ProblemError(fieldOf(step, error) ?? 'nowhere', error.status, error.message, { cause: error }, error.problems)
}

function fieldOf(step: StepName, { status, code, message }: ProblemError): FieldName | null {
  // Of what is broken or away no field is to blame, nor of what everybody may not.
  if (status === 403 || (status !== 409 && status !== 422) || code === 'conflict') return null
  switch (step) {
    case 'project':
    case 'repository':
      return 'repository'
    case 'settings':
      if (/agent/.test(message)) return 'agent'
      return /max_concurrent_runs/.test(message) ? 'parallel' : 'verify'
    case 'spec':
      return code === 'no_model' || /idea/.test(message) ? 'idea' : null
    case 'autonomy':
      return null
  }
}
