/** The one way to the API: typed by its own document, signed by who is here, failing with words. */
import createClient from 'openapi-fetch'
import { send } from '../session/send'
import { ProblemError, problemOf, unreachable } from './problem'
import type { paths } from './schema'

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin, fetch: send })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/**
 * What was answered.
 *
 * Throws a `ProblemError`, also when the server cannot be reached.
 */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (cause) {
    if (cause instanceof ProblemError || (cause instanceof DOMException && cause.name === 'AbortError')) throw cause
    throw unreachable(cause)
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return answer.data as T
}
