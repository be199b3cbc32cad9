/** A repository: whether it is a place, what its project is called, and which project has it. Pure; `omoi build` reckons the same. */
import type { Project } from '../api/types'
import { refusal } from './refusal'

const MOST_OF_NAME = 200
const MOST_OF_SLUG = 64

/** What is wrong with it before anybody looks there; `null` when nothing is. */
export function faultOfPlace(repository: string): string | null {
  if (!repository) return 'Say where the repository is.'
  const isAddress = repository.includes('://') || repository.split('/')[0]!.includes(':')
  if (isAddress || repository.startsWith('/')) return null
  return 'Give the whole path on the server, from /, or an address: https://…, ssh://… or git@host:path.'
}

/** What people call a repository: the end of its path or address. */
export function lastPart(repository: string): string {
  const trimmed = repository.replace(/\/+$/, '').replace(/(\.git)+$/, '').replace(/\/+$/, '')
  return trimmed.split(/[/:]/).at(-1) || 'repository'
}

/** How a project of it is named. */
export function namesOf(repository: string): { name: string; slug: string } {
  const last = lastPart(repository).trim()
  const isName = last !== '' && [...last].length <= MOST_OF_NAME && !/[\u0000-\u001f\u007f-\u009f]/.test(last)
  const name = isName ? last : 'Repository'
  return { name, slug: slugOf(name) || 'repository' }
}

function slugOf(name: string): string {
  const hyphened = name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '')
  return hyphened.slice(0, MOST_OF_SLUG).replace(/-$/, '').toLowerCase()
}

/** Another one when it is taken: `billing-2`. */
export function numbered(slug: string, n: number): string {
  if (n === 1) return slug
  const end = `-${n}`
  return slug.slice(0, MOST_OF_SLUG - end.length).replace(/-+$/, '') + end
}

/** The project that has its code there. Of several the first one that was made counts, as it did the last time. */
export function ofRepository(repository: string, projects: readonly Project[]): Project | null {
  const mine = projects.filter((project) => project.repository?.url === repository).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return mine.find(({ status }) => status === 'active') ?? mine[0] ?? null
}

/** Of an archived one, what to do about it. */
export function mustBeActive(project: Project): void {
  if (project.status === 'active') return
  throw refusal('repository', `The project ${project.name} has this repository and is archived; \`omoi project restore ${project.slug}\` takes it up again.`)
}
