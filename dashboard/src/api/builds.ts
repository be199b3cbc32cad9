/** What a build does to a project. Each command is named by its caller: the same wish has the same name, and acts once. */
import { queryOptions } from '@tanstack/react-query'
import { answered, api } from './client'
import type { Project } from './types'
import { once } from './writes'

export const allProjectsQuery = () =>
  queryOptions({
    queryKey: ['projects', 'all'],
    queryFn: ({ signal }) => readAllProjects(undefined, signal),
  })

/** All projects of the organization as of `atLeast` or later, those that are archived as well. */
export async function readAllProjects(atLeast?: number, signal?: AbortSignal): Promise<Project[]> {
  const all: Project[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 200, after, min_position: atLeast }
    const { projects, next } = await answered(api.GET('/api/v1/projects', { params: { query }, signal }))
    all.push(...projects)
    if (!next) return all
    after = next
  }
}

/** A project as of `atLeast` or later. */
export const readProject = (id: string, atLeast?: number) =>
  answered(api.GET('/api/v1/projects/{id}', { params: { path: { id }, query: { min_position: atLeast } } }))

export const makeProject = (body: { name: string; slug: string }, key: string) =>
  once((header) => answered(api.POST('/api/v1/projects', { params: { header }, body })), key)

/** It is read before it is linked: the answer says what was found. */
export const linkRepository = (project: string, body: { url: string }, key: string) =>
  once((header) => answered(api.PUT('/api/v1/projects/{id}/repository', { params: { path: { id: project }, header }, body })), key)

export interface SettingsChange {
  max_concurrent_runs?: number
  verify?: string[]
  agent?: { kind: 'profile'; name: string }
}

/** What is left out stays. */
export const changeSettings = (project: string, body: SettingsChange, key: string) =>
  once((header) => answered(api.POST('/api/v1/projects/{id}/settings', { params: { path: { id: project }, header }, body })), key)

/** Lets work begin by itself, or no longer. */
export const setAutonomy = (project: string, body: { on: boolean }, key: string) =>
  once((header) => answered(api.POST('/api/v1/projects/{id}/autonomy', { params: { path: { id: project }, header }, body })), key)
