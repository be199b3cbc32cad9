/** The one way to the API: typed by its own document, signed with the key, failing with words. */
import createClient from 'openapi-fetch'
import { session } from '../session/session'
import { problemOf, unreachable } from './problem'
import type { paths } from './schema'

// Looked up at each call, so that a test can stand in for the server.
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin, fetch: (request) => globalThis.fetch(request) })

api.use({
  onRequest({ request }) {
    const { key } = session.getState()
    if (key && !request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${key}`)
  },
  onResponse({ request, response }) {
    // The key was revoked, or the server is another one: ask again rather than fail everywhere.
    const { key } = session.getState()
    if (response.status === 401 && key && request.headers.get('authorization') === `Bearer ${key}`) {
      session.getState().forget('This key opens nothing any more. Paste another one.')
    }
  },
})

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
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw unreachable(cause)
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return answer.data as T
}
