import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Merge } from '../api/merges'
import { mergesQuery } from '../api/merges'
import { currentScopes } from '../shell/useKeys'
import { describedBy, press, write } from '../testing/forms'
import { HEAD, MERGE, parked, readyMerge, THEIRS, theMerge, THIRD, waitingCandidate } from '../testing/merges'
import { beHere, beNobody } from '../testing/people'
import { type Asked, faults, problem, serve, show } from '../testing/render'
import { PROJECT } from '../testing/runs'
import { MergesPage } from './MergesPage'

beforeEach(() => void beHere('member'))
afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const READ = `GET /api/v1/projects/${PROJECT}/merges`
const repository = { url: '/srv/billing', branch: null, status: 'linked' }
const command = (verb: string) => `POST /api/v1/merges/${MERGE}/${verb}`
const done = { body: { id: MERGE, status: 'merging', version: 9, position: 71 } }

/** The page with one merge; `after` is what it has become since. */
function page(merge: Merge, more: Record<string, Parameters<typeof serve>[0][string]> = {}, after: () => Merge = () => merge) {
  const asked: Asked[] = serve({
    [`GET /api/v1/projects/${PROJECT}`]: { body: { id: PROJECT, name: 'Billing', slug: 'billing', repository } },
    [READ]: () => ({ body: { position: 70, stale: null, merges: [asked.some(({ method }) => method === 'POST') ? after() : merge] } }),
    ...more,
  })
  return { asked, ...show(<MergesPage project={PROJECT} chosen={undefined} onChoose={vi.fn()} />, `/p/${PROJECT}/merges`) }
}
const sent = (asked: readonly Asked[]) => asked.filter(({ method }) => method === 'POST').map(({ path, body }) => [path.split('/').at(-1), body])

test('an approval names branch, commit and target, and is sent for the commit that was read', async () => {
  const { asked, container } = page(readyMerge(), { [command('approve')]: done }, () => readyMerge({ status: 'approved', waits: null }))
  await press('Approve …')
  const asks = within(await screen.findByRole('dialog', { name: /^Land “Invoices/ }))
  const said = describedBy(container.querySelector('dialog form')!)
  for (const words of ['omoi/spec-invoices', HEAD, 'main', 'Left out, so not in it: TSK-003.']) expect(said).toContain(words)
  expect(await faults(container)).toEqual([])
  fireEvent.click(asks.getByRole('button', { name: 'Approve' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent(asked)).toEqual([['approve', { head: HEAD }]])
  expect(asked.find(({ method }) => method === 'POST')?.headers.get('idempotency-key')).toBeTruthy()
  expect(await within(screen.getByRole('article')).findByText('Lands')).toBeTruthy()
  expect(asked.some(({ path, search }) => path.endsWith('/merges') && search.get('min_position') === '71')).toBe(true)
})

test('the one that was approved stays shown, although another one waits now', async () => {
  const { queries } = page(readyMerge())
  await press('Approve …')
  await screen.findByRole('button', { name: 'Approve' })
  const other = readyMerge({ id: 'other', title: 'Reminders' })
  queries.setQueryData(mergesQuery(PROJECT).queryKey, { position: 72, stale: null, merges: [other, readyMerge({ status: 'approved', waits: null })] })
  expect(await screen.findByText('Reminders')).toBeTruthy()
  expect(screen.getByRole('article', { name: /^Invoices/ })).toBeTruthy()
  expect(screen.queryByRole('article', { name: 'Reminders' })).toBeNull()
})

test('a approves by key', async () => {
  page(readyMerge())
  await screen.findByRole('button', { name: 'Approve …' })
  currentScopes().flatMap(({ bindings }) => bindings).find(({ keys }) => keys === 'a')?.run()
  expect(await screen.findByRole('dialog', { name: /^Land/ })).toBeTruthy()
})

test('nobody says yes to what came while they were reading', async () => {
  const { queries } = page(readyMerge())
  await press('Approve …')
  await screen.findByRole('button', { name: 'Approve' })
  queries.setQueryData(mergesQuery(PROJECT).queryKey, { position: 72, stale: null, merges: [readyMerge({ head: THEIRS })] })
  expect(await screen.findByText(/^It changed while you were reading/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull()
})

test('an approval that is refused says why, and what there is now is read', async () => {
  const refusal = { status: 409, body: problem(409, 'head_moved', 'the merge stands at 3f4a5b60 by now: look at it again') }
  const { asked } = page(readyMerge(), { [command('approve')]: refusal }, () => readyMerge({ head: THEIRS }))
  await press('Approve …')
  await press('Approve')
  expect(await screen.findByText('The merge stands at 3f4a5b60 by now: look at it again.')).toBeTruthy()
  expect(await screen.findByText(/^It changed while you were reading/)).toBeTruthy()
  expect(asked.filter(({ path }) => path.endsWith('/merges'))).toHaveLength(2)
})

test('what stands is tried again, alone or with all that stands', async () => {
  const second = { ...parked, task: 'b', number: 'TSK-005' }
  const { asked } = page(theMerge({ candidates: [parked, second] }), { [command('retry')]: done })
  await press('Try TSK-003 again')
  await waitFor(() => expect(sent(asked)).toEqual([['retry', { task: THIRD }]]))
  await press('Try all of them again')
  await waitFor(() => expect(sent(asked).at(-1)).toEqual(['retry', { task: null }]))
})

test('a retry that is refused says why beside it', async () => {
  page(theMerge(), { [command('retry')]: { status: 422, body: problem(422, 'nothing_parked', 'nothing is parked here') } })
  await press('Try TSK-003 again')
  expect(await screen.findByText('Nothing is parked here.')).toBeTruthy()
})

test('resolving by hand shows the exact commands, and takes the whole name of a commit', async () => {
  const { asked, container } = page(theMerge(), { [command('resolve')]: done }, () => theMerge({ status: 'merging', waits: null, candidates: [waitingCandidate] }))
  await press('Resolve TSK-003 …')
  const asks = within(await screen.findByRole('dialog', { name: 'Resolve TSK-003 by hand' }))
  const commands = asks.getByRole('region', { name: 'Commands' }).textContent
  expect(commands?.split('\n')).toEqual([
    `git switch --create mend-tsk-003 ${HEAD}`,
    `git merge --no-ff ${THEIRS}`,
    '# mend it until the tests of the project pass',
    'git add --all && git commit',
    'git rev-parse HEAD',
  ])
  expect(asks.getByText(/on the machine of the server in/).textContent).toContain('/srv/billing')
  expect(await faults(container)).toEqual([])
  const field = await write('Commit', 'HEAD')
  await press('Hand it in')
  await waitFor(() => expect(describedBy(field)).toContain('The whole name of the commit'))
  expect(sent(asked)).toEqual([])
  await write('Commit', ` ${HEAD} `)
  await press('Hand it in')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent(asked)).toEqual([['resolve', { task: THIRD, commit: HEAD }]])
})

test('a commit that does not hold both is refused in words', async () => {
  page(theMerge(), { [command('resolve')]: { status: 422, body: problem(422, 'not_both', 'the commit does not hold the work of TSK-003') } })
  await press('Resolve TSK-003 …')
  await write('Commit', HEAD)
  await press('Hand it in')
  expect(await screen.findByText('The commit does not hold the work of TSK-003.')).toBeTruthy()
  expect(screen.getByRole('dialog')).toBeTruthy()
})

test('names that a shell could read as orders are not offered to paste', async () => {
  page(theMerge({ candidates: [{ ...parked, commit: '$(reboot)' }] }))
  await press('Resolve TSK-003 …')
  const asks = within(await screen.findByRole('dialog'))
  expect(asks.getByText(/no command is offered to paste/)).toBeTruthy()
  expect(asks.queryByRole('region', { name: 'Commands' })).toBeNull()
})

test('going on without a candidate takes a reason', async () => {
  const { asked, container } = page(theMerge(), { [command('leave-out')]: done })
  await press('Leave TSK-003 out …')
  await screen.findByRole('dialog', { name: 'Go on without TSK-003?' })
  await press('Leave it out')
  expect(await screen.findByText(/^Say why in a line/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  await write('Why', 'it is not wanted any more')
  await press('Leave it out')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent(asked)).toEqual([['leave-out', { task: THIRD, reason: 'it is not wanted any more' }]])
})

test('what waits its turn can be left out, and what is merged cannot', async () => {
  page(theMerge())
  expect(await screen.findByRole('button', { name: 'Leave TSK-004 out …' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Leave TSK-001 out …' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Resolve TSK-004 …' })).toBeNull()
})

test('a merge is given up after a question, with a reason or without', async () => {
  const { asked, container } = page(theMerge(), { [command('abandon')]: done }, () => theMerge({ status: 'abandoned', waits: null, candidates: [] }))
  await press('Abandon …')
  await screen.findByRole('dialog', { name: /^Abandon the merge of “Invoices/ })
  expect(await faults(container)).toEqual([])
  await press('Abandon it')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent(asked)).toEqual([['abandon', { reason: null }]])
  expect(await within(screen.getByRole('article')).findByText('Abandoned')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Abandon …' })).toBeNull()
})
