/** Specs: what is read of them, and what a person can do with one. */
import { queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'
import { readEvents, readEventsBefore } from './reads'
import type { PlanFile, PlanLayout, RecordedEvent, SpecGate, SpecGates } from './types'
import { once } from './writes'

const UNTIL_COMPARED_MS = 5000

export const specsQuery = (project: string) =>
  queryOptions({
    queryKey: ['specs', project],
    queryFn: ({ signal }) => readSpecs(project, undefined, signal),
  })

/** The specs of a project as of `atLeast` or later. */
export function readSpecs(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/projects/{id}/specs', { params: { path: { id }, query: { min_position: atLeast } }, signal }))
}

export const specQuery = (id: string) =>
  queryOptions({
    queryKey: ['spec', id],
    queryFn: ({ signal }) => readSpec(id, undefined, signal),
    // No event says that it was compared with the others.
    refetchInterval: ({ state }) => (state.data?.near_duplicates === null ? UNTIL_COMPARED_MS : false),
  })

/** A spec as of `atLeast` or later. */
export function readSpec(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/specs/{id}', { params: { path: { id }, query: { min_position: atLeast } }, signal }))
}

/** All events of a spec that say what its phases wrote, oldest first. */
export async function readSections(id: string, signal?: AbortSignal): Promise<RecordedEvent[]> {
  const filter = { aggregate: { type: 'spec', id }, types: ['spec.phase_section_written'] }
  const all: RecordedEvent[] = []
  for (let after = 0; ; ) {
    const { events, next } = await readEvents(filter, after, PAGE, signal)
    all.push(...events)
    if (events.length < PAGE || next <= after) return all
    after = next
  }
}
const PAGE = 500

/** Why people did not want what waited at gates, newest first. */
export async function readRejections(id: string, signal?: AbortSignal): Promise<Rejection[]> {
  const filter = { aggregate: { type: 'spec', id }, types: ['spec.approval_rejected'] }
  return (await readEventsBefore(filter, undefined, undefined, signal)).events.map(({ payload, recorded_at }) => ({ ...(payload as unknown as Rejection), recorded_at }))
}

export interface Rejection {
  gate: SpecGate
  by: string
  reason: string
  recorded_at: string
}

export const submitSpec = (project: string, body: { idea: string; title?: string; gates: SpecGates; budget?: number }, key?: string) =>
  once((header) => answered(api.POST('/api/v1/projects/{id}/specs', { params: { path: { id: project }, header }, body })), key)

export const importSpec = (project: string, body: { files: PlanFile[]; title?: string; gates: SpecGates }, key?: string) =>
  once((header) => answered(api.POST('/api/v1/projects/{id}/specs/import', { params: { path: { id: project }, header }, body })), key)

/** What was shown: the gate, and the hash of the content that stood there. */
export interface Shown {
  gate: SpecGate
  content_hash: string
}

export const approveSpec = (id: string, body: Shown) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/approve', { params: { path: { id }, header }, body })))

export const rejectSpec = (id: string, body: Shown & { reason: string }) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/reject', { params: { path: { id }, header }, body })))

export const editSpec = (id: string, body: Shown & { content: Record<string, unknown> }) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/edit', { params: { path: { id }, header }, body })))

export const answerSpec = (id: string, body: { question: number; text: string }) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/answers', { params: { path: { id }, header }, body })))

export const resumeSpec = (id: string, body: { budget?: number }) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/resume', { params: { path: { id }, header }, body })))

/** A whole plan in the place of the one that `content_hash` names. */
export interface Revision {
  content_hash: string
  files: PlanFile[]
}

export const reviseSpec = (id: string, body: Revision) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/revise', { params: { path: { id }, header }, body })))

/** What a revision would change; nothing is written. */
export const previewRevision = (id: string, body: Revision) =>
  answered(api.POST('/api/v1/specs/{id}/revise', { params: { path: { id }, query: { dry_run: true } }, body }))

export const cancelSpec = (id: string, body: { reason?: string }) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/cancel', { params: { path: { id }, header }, body })))

export const materializeSpec = (id: string) =>
  once((header) => answered(api.POST('/api/v1/specs/{id}/materialize', { params: { path: { id }, header }, body: {} })))

export const exportSpec = (id: string, layout: PlanLayout) =>
  answered(api.GET('/api/v1/specs/{id}/export', { params: { path: { id }, query: { layout } } }))
