/** Commands. Each carries a key of its own, so that sending it again does nothing twice. */
import { answered, api } from './client'
import { mayPass } from './problem'
import type { Phase, Priority } from './types'

/**
 * Sends a command, and once more when its fate is unknown: same key, so it acts once. Who may send it again later names it.
 *
 * Throws the `ProblemError` of the last try.
 */
export async function once<T>(send: (header: { 'Idempotency-Key': string }) => Promise<T>, key: string = crypto.randomUUID()): Promise<T> {
  const header = { 'Idempotency-Key': key }
  try {
    return await send(header)
  } catch (error) {
    if (!mayPass(error)) throw error
    await new Promise((resume) => setTimeout(resume, 1000))
    return send(header)
  }
}

export const createProject = (body: { name: string; description?: string }) =>
  once((header) => answered(api.POST('/api/v1/projects', { params: { header }, body })))

export const createTicket = (
  project: string,
  body: { title: string; description?: string; phase: Phase; priority: Priority },
) =>
  once((header) =>
    answered(api.POST('/api/v1/projects/{id}/tickets', { params: { path: { id: project }, header }, body })),
  )

export const moveTicket = (id: string, body: { phase: Phase; force: boolean }) =>
  once((header) => answered(api.POST('/api/v1/tickets/{id}/move', { params: { path: { id }, header }, body })))

export const commentTicket = (id: string, text: string) =>
  once((header) =>
    answered(api.POST('/api/v1/tickets/{id}/comments', { params: { path: { id }, header }, body: { text } })),
  )

export const grantApproval = (id: string, phase: Phase) =>
  once((header) =>
    answered(api.POST('/api/v1/tickets/{id}/approvals/grant', { params: { path: { id }, header }, body: { phase } })),
  )

export const rejectApproval = (id: string, phase: Phase, reason: string) =>
  once((header) =>
    answered(
      api.POST('/api/v1/tickets/{id}/approvals/reject', { params: { path: { id }, header }, body: { phase, reason } }),
    ),
  )
