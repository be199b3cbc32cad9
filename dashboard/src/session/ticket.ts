/** A socket cannot send headers, so the key is exchanged for a ticket that opens one socket, once, within 30 s. */
import * as z from 'zod/mini'
import { problemOf, unreachable } from '../api/problem'
import { session } from './session'

const Ticket = z.object({ ticket: z.string() })

/** Throws a `ProblemError`; after a 401 the page asks for another key. */
export async function socketTicket(): Promise<string> {
  const { key, forget } = session.getState()
  let response: Response
  try {
    response = await fetch('/api/v1/ws-tickets', { method: 'POST', headers: { authorization: `Bearer ${key ?? ''}` } })
  } catch (cause) {
    throw unreachable(cause)
  }
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    if (response.status === 401) forget('This key opens nothing any more. Paste another one.')
    throw problemOf(response.status, body)
  }
  const read = Ticket.safeParse(body)
  if (!read.success) throw problemOf(response.status, null)
  return read.data.ticket
}
