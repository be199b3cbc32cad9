/** A socket cannot send headers, so what signs requests is exchanged for a ticket that opens one socket, once, within 30 s. */
import * as z from 'zod/mini'
import { ProblemError, problemOf, unreachable } from '../api/problem'
import { refused } from './renew'
import { send } from './send'
import { bearerNow } from './session'

const Ticket = z.object({ ticket: z.string() })

/** With what the last ticket was asked for. */
let used: string | null = null

/** Throws a `ProblemError`; after a 401 somebody is asked to sign in. */
export async function socketTicket(): Promise<string> {
  let response: Response
  try {
    response = await send(new Request(new URL('/api/v1/ws-tickets', location.href), { method: 'POST' }))
  } catch (cause) {
    throw cause instanceof ProblemError ? cause : unreachable(cause)
  }
  used = bearerNow()
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(response.status, body)
  const read = Ticket.safeParse(body)
  if (!read.success) throw problemOf(response.status, null)
  return read.data.ticket
}

/** The server closed the socket because what opened it opens nothing any more. Is there something newer? */
export async function ticketRefused(): Promise<boolean> {
  return used !== null && refused(used)
}
