/** What a refused or failed request says to the person who made it. */
import type { components } from './schema'

type Body = components['schemas']['Problem']
export type PlanProblem = components['schemas']['PlanProblem']

/** A request had no effect. `code` is for programs and keeps its meaning; `message` is for people. */
export class ProblemError extends Error {
  readonly code: string
  readonly status: number
  /** Of a plan: each fault, and where it is. */
  readonly problems: readonly PlanProblem[]

  constructor(code: string, status: number, message: string, options?: ErrorOptions, problems: readonly PlanProblem[] = []) {
    super(message, options)
    this.name = 'ProblemError'
    this.code = code
    this.status = status
    this.problems = problems
  }
}

/** Sentences where the page knows more than the server: what to do here. All else says what the server says. */
const HERE: Record<string, string> = {
  unauthenticated: 'This opens nothing here. Sign in again, or use another key.',
  unreachable: 'The server cannot be reached. Nothing was changed.',
  no_model: 'This server has no model that it could ask. `omoi doctor` tells who runs it how to set one. A plan that is there already needs none.',
  content_changed: 'Somebody changed it meanwhile. What is shown now is the new content: read it, then decide.',
  precondition_failed: 'Somebody changed it meanwhile. Look at it again, then decide.',
}

/** The problem of an answer, whatever its body turned out to be. */
export function problemOf(status: number, body: unknown): ProblemError {
  if (isProblem(body)) {
    return new ProblemError(body.code, status, HERE[body.code] ?? sentence(body.detail || body.title), undefined, body.problems)
  }
  return new ProblemError('unknown', status, `The server answered ${status} and did not say why.`)
}

/** The request did not arrive, or its answer did not. */
export function unreachable(cause: unknown): ProblemError {
  return new ProblemError('unreachable', 0, HERE['unreachable']!, { cause })
}

/** What to show of any error. */
export function wordsOf(error: unknown): string {
  if (error instanceof ProblemError) return error.message
  if (error instanceof Error && error.message) return sentence(error.message)
  return 'Something went wrong in this page.'
}

/** Would the same request have a chance later? A refusal has none until something changes. */
export function mayPass(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status >= 500)
}

export function isProblem(body: unknown): body is Body {
  if (typeof body !== 'object' || body === null) return false
  const { code, detail, title } = body as Record<string, unknown>
  return typeof code === 'string' && typeof (detail ?? title) === 'string'
}

function sentence(text: string): string {
  const trimmed = text.trim()
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}
