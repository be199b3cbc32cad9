/** Requests that carry who is here. */
import { refused } from './renew'
import { bearerNow, leave } from './session'

/**
 * Sends it signed. What the server does not know any more is renewed, once for all, and the request sent once more; who
 * cannot be renewed is asked to sign in.
 *
 * Throws what `fetch` throws, and a `ProblemError` when the session could not be renewed for now.
 */
export async function send(request: Request): Promise<Response> {
  const bearer = bearerNow()
  if (!bearer) return fetch(request)
  const again = request.clone()
  const response = await fetch(signed(request, bearer))
  if (!(await isAboutBearer(response)) || !(await refused(bearer))) return response
  const last = await fetch(signed(again, bearerNow()!))
  if (await isAboutBearer(last)) leave('Your session has ended.')
  return last
}

function signed(request: Request, bearer: string): Request {
  request.headers.set('authorization', `Bearer ${bearer}`)
  return request
}

/** A 401 can also be about what was sent, such as a password that is wrong. */
async function isAboutBearer(response: Response): Promise<boolean> {
  if (response.status !== 401) return false
  const body = await response.clone().json().catch(() => null)
  return !/^invalid_(credentials|token)$/.test(body?.code)
}
