import { expect, test } from 'vitest'
import { ProblemError } from '../api/problem'
import type { AgentProfile, Project } from '../api/types'
import { mustRun, usualAgent } from './agent'
import { changesOf, mayBegin, type Order } from './course'
import { bringsItsChecks } from './judged'
import { faultOfPlace, lastPart, namesOf, numbered, ofRepository } from './place'
import { placed } from './refusal'
import { derivedId, Wishes } from './wishes'

const project = (given: Record<string, unknown> = {}) =>
  ({
    id: '00000000-0000-7000-8000-000000000001',
    name: 'Billing',
    slug: 'billing',
    status: 'active',
    autonomy: true,
    settings: { max_concurrent_runs: 5, verify: ['make test'], agent: 'command' },
    repository: { url: '/srv/billing', branch: null, status: 'linked' },
    ...given,
  }) as unknown as Project

const profiles = [
  { name: 'command', lack: null },
  { name: 'native', lack: { code: 'model', reason: 'there is no model', mend: 'Set one.' } },
] as unknown as AgentProfile[]

const order: Order = { repository: '/srv/billing', source: { idea: 'A list.' }, agent: null, parallel: null, verify: [], gates: 'review' }

/** The field and the words of a refusal. */
function refused(run: () => unknown): [string, string] | null {
  try {
    run()
    return null
  } catch (error) {
    return [(error as ProblemError).code, (error as ProblemError).message]
  }
}

test('a repository is called by its end, and its project as the command calls it', () => {
  for (const [repository, called] of [
    ['/srv/billing', 'billing'],
    ['/srv/billing/', 'billing'],
    ['https://git.example.org/acme/billing.git', 'billing'],
    ['git@git.example.org:billing.git', 'billing'],
    ['/', 'repository'],
  ] as const) {
    expect(lastPart(repository), repository).toBe(called)
  }
  expect(namesOf('/srv/Billing & Usage')).toEqual({ name: 'Billing & Usage', slug: 'billing-usage' })
  expect(namesOf('/srv/--Größe--').slug).toBe('gr-e')
  expect(namesOf('/srv/日本語')).toEqual({ name: '日本語', slug: 'repository' })
  expect(namesOf(`/srv/${'a'.repeat(201)}`).name).toBe('Repository')
  expect(namesOf(`/srv/${'a'.repeat(63)} b`).slug).toBe('a'.repeat(63))
  expect([numbered('billing', 1), numbered('billing', 2), numbered('a'.repeat(64), 12).length]).toEqual(['billing', 'billing-2', 64])
})

test('a place is a whole path or an address', () => {
  for (const place of ['/srv/billing', 'https://git.example.org/b', 'ssh://git@h/b', 'git@h:b']) expect(faultOfPlace(place), place).toBeNull()
  for (const place of ['', '.', '../billing', '~/billing', 'billing']) expect(faultOfPlace(place), place).not.toBeNull()
})

test('a repository is built in its own project: the first that was made, and an active one before an archived one', () => {
  const ids = (...all: [string, string, string][]) => all.map(([id, status, url]) => project({ id, status, repository: { url } }))
  expect(ofRepository('/srv/billing', ids(['1', 'active', '/srv/else']))).toBeNull()
  expect(ofRepository('/srv/billing', [project({ repository: null })])).toBeNull()
  expect(ofRepository('/srv/billing', ids(['3', 'active', '/srv/billing'], ['2', 'active', '/srv/billing']))?.id).toBe('2')
  expect(ofRepository('/srv/billing', ids(['1', 'archived', '/srv/billing'], ['2', 'active', '/srv/billing']))?.id).toBe('2')
  expect(ofRepository('/srv/billing', ids(['1', 'archived', '/srv/billing']))?.status).toBe('archived')
})

test('an agent that cannot run is refused before anything begins', () => {
  expect(usualAgent('opencode', profiles)).toBe('opencode')
  expect(usualAgent(null, profiles)).toBeNull()
  expect(usualAgent(null, [{ ...profiles[1]!, lack: null }])).toBe('native')
  expect(mustRun('command', profiles)).toBe('command')
  expect(refused(() => mustRun(null, profiles))).toEqual(['agent', 'Say which agent does the tasks; those that can run here: command.'])
  expect(refused(() => mustRun('nobody', profiles))).toEqual(['agent', 'There is no agent profile nobody on this server; those that can run here: command.'])
  expect(refused(() => mustRun('native', profiles))).toEqual(['agent', 'The agent native cannot run: there is no model. Set one.'])
})

test('only what is another one is changed', () => {
  expect(changesOf({ ...order, agent: 'command', verify: ['make test'], parallel: 5 }, project())).toBeNull()
  expect(changesOf({ ...order, agent: 'native', verify: ['make'], parallel: 3 }, project())).toEqual({
    max_concurrent_runs: 3,
    verify: ['make'],
    agent: { kind: 'profile', name: 'native' },
  })
})

test('work that nothing judges is refused, whatever brings the work', () => {
  const here = { profiles, whyNotMine: null }
  const bare = project({ settings: { max_concurrent_runs: 5, verify: [], agent: 'command' } })
  expect(refused(() => mayBegin(order, here, bare))).toEqual(['verify', 'Nothing says yet what shows that a task is done; give the command that tests the repository, e.g. make test.'])
  const plan = { files: [{ path: 'a.plan.md', text: '#### TSK-001: a\n' }] }
  expect(refused(() => mayBegin({ ...order, source: plan }, here, bare))?.[1]).toMatch(/^Not every task of the plan says what shows that it is done; give/)
  expect(refused(() => mayBegin(order, here, project()))).toBeNull()
  expect(refused(() => mayBegin({ ...order, verify: ['make test'] }, here, bare))).toBeNull()
  expect(refused(() => mayBegin({ ...order, source: { files: [{ path: 'a.plan.md', text: '#### TSK-001: a\n- Validate: make\n' }] } }, here, bare))).toBeNull()
})

test('who makes no project builds in one that is set up, and reads why in all others', () => {
  const whyNotMine = 'You are a member in Acme: …'
  const field = (given: Partial<Order>, found: Project | null) => refused(() => mayBegin({ ...order, verify: ['make test'], agent: 'command', ...given }, { profiles, whyNotMine }, found))?.[0]
  expect(field({}, project())).toBeUndefined()
  expect(field({}, null)).toBe('repository')
  expect(field({}, project({ autonomy: false }))).toBe('repository')
  expect(field({ verify: ['make'] }, project())).toBe('verify')
  expect(field({ parallel: 7 }, project())).toBe('parallel')
})

test('an archived project is said to be one', () => {
  expect(refused(() => mayBegin(order, { profiles, whyNotMine: null }, project({ status: 'archived' })))?.[1]).toContain('`omoi project restore billing` takes it up again')
})

test('a plan judges itself when each of its tasks brings a check, in each layout', () => {
  const document = (text: string) => bringsItsChecks([{ path: 'a.plan.md', text }])
  expect(document('### TKT-001: a\n#### TSK-001: a\n- Validate: `make`\n#### TSK-002: b\n* validate: make\n')).toBe(true)
  expect(document('#### TSK-001: a\n- Validate: make\n#### TSK-002: b\n')).toBe(false)
  expect(document('#### TSK-001: a\n- Validate:\n')).toBe(false)
  expect(document('#### TSK-001: a\n```\n- Validate: make\n```\n')).toBe(false)
  expect(document('#### TSK-001: a\n### TKT-002: b\n- Validate: make\n')).toBe(false)
  expect(document('# Nothing\n')).toBe(false)
  const tasks = (text: string) => bringsItsChecks([{ path: 'requirements.md', text: '- [ ] 9. no task' }, { path: 'tasks.md', text }])
  expect(tasks('- [ ] 1. Ticket\n- [x] 1.1 a\n  - _Validate: make_\n- [ ]* 1.2 b\n  _Validate: make_\n- [ ] 2. Alone\n  - _Validate: make_\n')).toBe(true)
  expect(tasks('- [ ] 1. Ticket\n  - _Validate: make_\n- [ ] 1.1 a\n')).toBe(false)
  expect(tasks('- [ ] T001 [P] a\n  - _Validate: make_\n- [ ] T002 b\n  - _Validate: make_\n')).toBe(true)
  expect(tasks('- [ ] T001 a\n  - _Validate: make_\n- [ ] **T002** b\n')).toBe(false)
})

test('an id is derived as the kernel derives it', async () => {
  expect(await derivedId('org', 'route', 'key')).toBe('5cb12d11-6ad2-888b-b887-82285204a751')
  expect(await derivedId('ab', 'c')).not.toBe(await derivedId('a', 'bc'))
})

test('a wish in doubt keeps its name; another one, and one that was refused, gets a new one', async () => {
  const wishes = new Wishes()
  const names: string[] = []
  const send = (says: unknown, error?: ProblemError) =>
    wishes.send('spec', says, (key) => {
      names.push(key)
      return error ? Promise.reject(error) : Promise.resolve()
    })
  await expect(send('a', new ProblemError('unreachable', 0, 'away'))).rejects.toThrow('away')
  await expect(send('a', new ProblemError('busy', 503, 'busy'))).rejects.toThrow('busy')
  await expect(send('a', new ProblemError('invalid_plan', 422, 'no'))).rejects.toThrow('no')
  await send('a')
  await send('a')
  await send('b')
  expect(names.map((name) => name.slice(-6))).toEqual(['spec-1', 'spec-1', 'spec-1', 'spec-2', 'spec-2', 'spec-3'])
  expect(names.every((name) => name.startsWith(`omoi-build-${wishes.build}-`))).toBe(true)
  expect(new Wishes().build).not.toBe(wishes.build)
})

test('what the server refuses stands at the field that it is about, and nowhere when it is about none', () => {
  const at = (step: Parameters<typeof placed>[0], status: number, code: string, words = 'it is so') => placed(step, new ProblemError(code, status, words)).code
  expect(at('repository', 422, 'not_a_repository')).toBe('repository')
  expect(at('project', 409, 'taken')).toBe('repository')
  expect(at('settings', 422, 'invalid_body', 'verify[0]: a control character')).toBe('verify')
  expect(at('settings', 422, 'invalid_body', 'max_concurrent_runs: it is 1 to 1000')).toBe('parallel')
  expect(at('spec', 422, 'no_model')).toBe('idea')
  expect(at('spec', 422, 'invalid_plan')).toBe('nowhere')
  for (const [status, code] of [[403, 'forbidden'], [503, 'busy'], [0, 'unreachable'], [409, 'conflict']] as const) expect(at('repository', status, code)).toBe('nowhere')
  expect(placed('spec', new TypeError('oh')).message).toBe('Oh.')
})
