/** Merges: what is read of them, and what a person can do with one. */
import { queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'
import type { components } from './schema'
import { once } from './writes'

type Schemas = components['schemas']

export type Merge = Schemas['Merge']
export type MergeCandidate = Schemas['MergeCandidate']
export type MergeStep = Schemas['MergeStep']
export type MergeConflict = Schemas['MergeConflict']
export type ConflictFile = Schemas['MergeConflictFile']
export type MergeAnswer = Schemas['MergeChanged']

/** `atLeast` is asked at each read: what was heard of meanwhile counts. */
export const mergesQuery = (project: string, atLeast: () => number | undefined = () => undefined) =>
  queryOptions({
    queryKey: ['merges', project],
    queryFn: ({ signal }) => readMerges(project, atLeast(), signal),
  })

/** The merges of a project as of `atLeast` or later, newest first. */
export function readMerges(id: string, atLeast?: number, signal?: AbortSignal) {
  return answered(api.GET('/api/v1/projects/{id}/merges', { params: { path: { id }, query: { min_position: atLeast } }, signal }))
}

/** Where a candidate and the branch changed the same. */
export const conflictQuery = (id: string, task: string) =>
  queryOptions({
    queryKey: ['conflict', id, task],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/merges/{id}/conflicts/{task}', { params: { path: { id, task } }, signal })),
  })

/** `head`: what was read, so that nobody says yes to anything else. */
export const approveMerge = (id: string, head: string) =>
  once((header) => answered(api.POST('/api/v1/merges/{id}/approve', { params: { path: { id }, header }, body: { head } })))

/** Tries what is parked again; without a task, all of it. */
export const retryMerge = (id: string, task?: string) =>
  once((header) => answered(api.POST('/api/v1/merges/{id}/retry', { params: { path: { id }, header }, body: { task: task ?? null } })))

export const resolveMerge = (id: string, task: string, commit: string) =>
  once((header) => answered(api.POST('/api/v1/merges/{id}/resolve', { params: { path: { id }, header }, body: { task, commit } })))

export const leaveOut = (id: string, task: string, reason: string) =>
  once((header) => answered(api.POST('/api/v1/merges/{id}/leave-out', { params: { path: { id }, header }, body: { task, reason } })))

export const abandonMerge = (id: string, reason: string) =>
  once((header) => answered(api.POST('/api/v1/merges/{id}/abandon', { params: { path: { id }, header }, body: { reason: reason || null } })))
