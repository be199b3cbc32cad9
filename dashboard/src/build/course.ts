/** What a build does until its spec is handed in and its work begins by itself: the steps of `omoi build`, in its order. */
import { changeSettings, linkRepository, makeProject, readAllProjects, readProject, setAutonomy, type SettingsChange } from '../api/builds'
import { ProblemError, wordsOf } from '../api/problem'
import { importSpec, submitSpec } from '../api/specs'
import type { AgentProfile, PlanFile, Project, SpecGates, SpecStanding } from '../api/types'
import { mustRun, usualAgent } from './agent'
import { bringsItsChecks } from './judged'
import { mustBeActive, namesOf, numbered, ofRepository } from './place'
import { placed, refusal } from './refusal'
import { derivedId, Wishes } from './wishes'

/** How often another slug is tried. */
const SLUGS = 20

/** What is to be built, and how. */
export interface Order {
  repository: string
  source: { idea: string } | { files: PlanFile[] }
  /** As all others: without one it stays as the project has it. */
  agent: string | null
  parallel: number | null
  verify: string[]
  gates: SpecGates
}

/** Of who builds, and of the server. */
export interface Here {
  profiles: readonly AgentProfile[]
  /** Why whoever is here makes no project and changes none; `null` when they may. */
  whyNotMine: string | null
}

export const STEPS = ['project', 'repository', 'settings', 'spec', 'autonomy'] as const
export type StepName = (typeof STEPS)[number]
export type Step = { state: 'waits' | 'goes_on' } | { state: 'done' | 'refused'; words: string }
export type Tell = (name: StepName, step: Step) => void

/** What is known of a build between two tries. */
export interface Kept {
  wishes: Wishes
  /** The last change that this build made: what is read afterwards is at least as new. */
  position: number | undefined
  /** Handed in, and in which project. Nothing else is handed in then. */
  spec: (SpecStanding & { project: string }) | null
}

export const newBuild = (): Kept => ({ wishes: new Wishes(), position: undefined, spec: null })

/** Everything, or what is left of it. Throws a `ProblemError` whose code is the field that it is about. */
export async function carryOut(order: Order, here: Here, kept: Kept, tell: Tell): Promise<NonNullable<Kept['spec']>> {
  if (!kept.spec) {
    const project = await site(order, here, kept, tell)
    await step<void>('spec', tell, async () => {
      const standing = await handIn(order, project.id, kept)
      seen(kept, standing.position)
      kept.spec = { ...standing, project: project.id }
      return [undefined, standing.title]
    })
  }
  const spec = kept.spec!
  await step<void>('autonomy', tell, async () => {
    if ((await readProject(spec.project, kept.position)).autonomy) return [undefined, 'it does already']
    const body = { on: true }
    const { position } = await kept.wishes.send('autonomy', [spec.project, body], (key) => setAutonomy(spec.project, body, key))
    seen(kept, position)
    return [undefined, 'it does from now on']
  })
  return spec
}

/** A project that is ready for work. What cannot be is said before anything is made. */
async function site(order: Order, here: Here, kept: Kept, tell: Tell): Promise<Project> {
  const found = await step<Project>('project', tell, async () => {
    const found = ofRepository(order.repository, await readAllProjects(kept.position))
    mayBegin(order, here, found)
    if (found) return [found, `the project ${found.name} has this repository`]
    const made = await make(order.repository, kept)
    seen(kept, made.position)
    return [await readProject(made.id, kept.position), `the project ${made.name} is made`]
  })
  await step<void>('repository', tell, async () => {
    if (found.repository?.url === order.repository) return [undefined, 'it is linked already']
    if (found.repository) {
      throw refusal('repository', `The project ${found.name} was made for ${order.repository} and has another repository by now, ${found.repository.url}; link it again with \`omoi repo link\`.`)
    }
    const body = { url: order.repository }
    const linked = await kept.wishes.send('repository', [found.id, body], (key) => linkRepository(found.id, body, key))
    seen(kept, linked.position)
    return [undefined, `${linked.branch} at ${linked.commit.slice(0, 12)}`]
  })
  await step<void>('settings', tell, async () => {
    // A project that an earlier try has made may have been set up by others meanwhile.
    const agent = mustRun(order.agent ?? usualAgent(found.settings.agent, here.profiles), here.profiles)
    mustBeJudged(order, found)
    const body = changesOf({ ...order, agent }, found)
    if (!body) return [undefined, 'nothing is to be changed']
    const { position } = await kept.wishes.send('settings', [found.id, body], (key) => changeSettings(found.id, body, key))
    seen(kept, position)
    return [undefined, wordsOfChange(body)]
  })
  return found
}

async function step<T>(name: StepName, tell: Tell, run: () => Promise<[T, string]>): Promise<T> {
  tell(name, { state: 'goes_on' })
  try {
    const [came, words] = await run()
    tell(name, { state: 'done', words })
    return came
  } catch (error) {
    const refused = placed(name, error)
    tell(name, { state: 'refused', words: wordsOf(refused) })
    throw refused
  }
}

function seen(kept: Kept, position: number | null): void {
  kept.position = Math.max(kept.position ?? 0, position ?? 0) || undefined
}

/** All that can be refused before anything is made. */
export function mayBegin(order: Order, { profiles, whyNotMine }: Here, found: Project | null): void {
  if (found) mustBeActive(found)
  const agent = mustRun(order.agent ?? usualAgent(found?.settings.agent, profiles), profiles)
  mustBeJudged(order, found)
  if (!whyNotMine) return
  if (!found) throw refusal('repository', `No project has this repository. ${whyNotMine}`)
  const change = changesOf({ ...order, agent }, found)
  const field = change?.agent ? 'agent' : change?.verify ? 'verify' : change && 'parallel'
  if (field) throw refusal(field, `${found.name} is set up otherwise. ${whyNotMine}`)
  if (!found.autonomy) throw refusal('repository', `Work does not begin by itself in ${found.name}. ${whyNotMine}`)
}

/** Work that nothing judges is never done: that is said before it costs anything. */
function mustBeJudged({ verify, source }: Order, found: Project | null): void {
  if (verify.length > 0 || (found?.settings.verify ?? []).length > 0 || ('files' in source && bringsItsChecks(source.files))) return
  const what = 'files' in source ? 'Not every task of the plan says what shows that it is done' : 'Nothing says yet what shows that a task is done'
  throw refusal('verify', `${what}; give the command that tests the repository, e.g. make test.`)
}

/** What is to be another one; `null` when all is so already. */
export function changesOf({ agent, parallel, verify }: Pick<Order, 'agent' | 'parallel' | 'verify'>, { settings }: Project): SettingsChange | null {
  const change: SettingsChange = {
    ...(parallel && parallel !== settings.max_concurrent_runs ? { max_concurrent_runs: parallel } : {}),
    ...(verify.length > 0 && verify.join('\n') !== settings.verify.join('\n') ? { verify } : {}),
    ...(agent && agent !== settings.agent ? { agent: { kind: 'profile', name: agent } } : {}),
  }
  return Object.keys(change).length > 0 ? change : null
}

function wordsOfChange({ agent, max_concurrent_runs, verify }: SettingsChange): string {
  const words = [agent && `agent ${agent.name}`, max_concurrent_runs && `${max_concurrent_runs} at a time`, verify && `judged by ${verify.join(', ')}`]
  return words.filter(Boolean).join('; ')
}

/** The same repository makes the same project, however often and by whatever it is asked for: the names are those of `omoi build`. */
async function make(repository: string, { wishes }: Kept) {
  const { name, slug } = namesOf(repository)
  // Where the address is no https there is no hash: then only this page makes the same.
  const ofRepository = 'subtle' in crypto ? await derivedId('build/project', repository) : wishes.build
  for (let n = 1; ; n += 1) {
    const body = { name, slug: numbered(slug, n) }
    try {
      return await makeProject(body, `omoi-build-${ofRepository}-${body.slug}`)
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === 'taken') || n === SLUGS) throw error
    }
  }
}

function handIn({ source, gates }: Order, project: string, { wishes }: Kept): Promise<SpecStanding> {
  return wishes.send('spec', [project, source, gates], (key) =>
    'files' in source ? importSpec(project, { files: source.files, gates }, key) : submitSpec(project, { idea: source.idea, gates }, key),
  )
}
