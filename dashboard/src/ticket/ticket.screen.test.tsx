import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Ticket } from '../api/types'
import { forgetBoards } from '../board/store'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { RUN, theRun } from '../testing/runs'
import { TicketPage } from './TicketPage'

afterEach(() => {
  forgetBoards()
  beNobody()
  vi.unstubAllGlobals()
})

const PROJECT = '36d076fe-bcc4-8ccc-a9ab-9021efaf03b1'
const ID = '346954e4-8d30-854f-b911-1b893dd2f4ad'
const TASK = '1b8401c9-fd44-856d-af67-689be0328d3f'
const ticket: Ticket = {
  id: ID,
  project: PROJECT,
  status: 'implementation',
  possible: ['move', 'comment'],
  number: 'TKT-001',
  title: 'Send <b>invoices</b>',
  description: 'One page an invoice.',
  priority: 'critical',
  phase: 'implementation',
  rank: null,
  blocked: { reason: 'The tax rates are not decided.', by: 'edeaa776-eb12-830a-8660-5e375fbbca63' },
  tasks: { [TASK]: { number: 'TSK-001', phase: 'implementation', outcome: 'open', evidence: null } },
  approvals: { implementation: { state: 'requested' } },
  dependencies: [],
  commits: { '0f3c2a9d5b7e': 'javascript:alert(1)' },
  pull_requests: [{ number: 7, url: 'https://git.example/pull/7' }],
  comments: 1,
  conversation: [{ id: '44881af1-fd90-8eb0-b554-297e0539ad24', at: '2026-11-23T04:37:27.807776Z', by: 'edeaa776-eb12-830a-8660-5e375fbbca63', text: 'The customer agrees.' }],
  created_at: '2026-11-23T04:37:27.770157Z',
  updated_at: '2026-11-23T04:37:28.159605Z',
  version: 5,
  position: 17,
  stale: null,
}
const answers = {
  [`GET /api/v1/tickets/${ID}`]: { body: ticket },
  [`GET /api/v1/projects/${PROJECT}/board`]: { body: { position: 17, stale: null, columns: [] } },
  [`GET /api/v1/projects/${PROJECT}`]: { body: { name: 'Billing', slug: 'billing', gates: { implementation: [{ kind: 'approval' }] } } },
  [`GET /api/v1/tasks/${TASK}`]: { body: { status: 'running', title: 'Draw the form', blockers: [], attempt: 0, iteration: 0, progress: { status: 'running', epoch: 1, by: { kind: 'person', actor: 'x' } }, feedback: null, estimate: 2, near_duplicates: [{ kind: 'task', id: 'x', number: 'TSK-009', title: 'Draw forms', similarity: 0.8, model: 'lexical-2' }] } },
  'GET /api/v1/events': { body: { events: [], next: 0 } },
}
const page = () => show(<TicketPage project={PROJECT} id={ID} />)

test('a ticket shows all that is known of it', async () => {
  serve(answers)
  const { container } = page()
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toBe('Send <b>invoices</b>')
  expect(await screen.findByText('Draw the form')).toBeTruthy()
  expect(screen.getByText('Says nearly the same as TSK-009 Draw forms')).toBeTruthy()
  expect(screen.getByText('The customer agrees.')).toBeTruthy()
  expect(screen.getByText(/The tax rates are not decided/)).toBeTruthy()
  expect(await screen.findByText('Approval asked for')).toBeTruthy()
  expect(screen.getByRole('link', { name: /Pull request 7/ }).getAttribute('rel')).toContain('noopener')
  expect(container.querySelector('a[href^="javascript"]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('an approval is answered in place', async () => {
  const asked = serve({ ...answers, [`POST /api/v1/tickets/${ID}/approvals/grant`]: { body: { id: ID, position: 18 } } })
  page()
  fireEvent.click(await screen.findByRole('button', { name: 'Approve' }))
  await waitFor(() => expect(asked.some(({ path, body }) => path.endsWith('/approvals/grant') && (body as { phase: string }).phase === 'implementation')).toBe(true))
})

test('a comment that is refused says why and keeps the words', async () => {
  serve({ ...answers, [`POST /api/v1/tickets/${ID}/comments`]: { status: 403, body: problem(403, 'forbidden', 'the role may not comment') } })
  page()
  const box = await screen.findByLabelText('Comment')
  fireEvent.change(box, { target: { value: 'Let us see.' } })
  fireEvent.click(screen.getByRole('button', { name: 'Send' }))
  const form = box.closest('form')!
  await waitFor(() => expect(within(form).getByRole('alert').textContent).toBe('The role may not comment.'))
  expect((box as HTMLTextAreaElement).value).toBe('Let us see.')
})

test('a ticket that does not exist says so', async () => {
  serve({})
  page()
  expect((await screen.findAllByRole('alert')).some(({ textContent }) => textContent?.includes('It does not exist.'))).toBe(true)
})

test('who may only look reads that in the place of each answer', async () => {
  beHere('viewer')
  serve(answers)
  const { container } = page()
  expect(await screen.findByText(/^Waits for an answer: may it leave/)).toBeTruthy()
  expect(screen.getAllByText('You are a viewer in Acme: you can look, and change nothing.')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: /Approve|Refuse|Send|Move/ })).toBeNull()
  expect(await faults(container)).toEqual([])
})

const READY = { id: TASK, number: 'TSK-001', status: 'ready', title: 'Draw the form', blockers: [], attempt: 1, iteration: 0, feedback: null, estimate: null, near_duplicates: [], progress: { status: 'ready' } }
test('a run of a ready task is started, and its page opens; a refusal says what is missing', async () => {
  const path = `POST /api/v1/tasks/${TASK}/runs`
  serve({ ...answers, [`GET /api/v1/tasks/${TASK}`]: { body: READY }, [path]: { status: 422, body: problem(422, 'no_repository', 'the project has no repository: link one with `omoi repo link`') } })
  // The list of runs is a moment behind the log.
  const behind = ({ search }: { search: URLSearchParams }) =>
    search.get('min_position') === '18' ? { body: theRun } : { status: 404, body: problem(404, 'not_found', 'the run does not exist') }
  const { container, router, queries, unmount } = page()
  fireEvent.click(await screen.findByRole('button', { name: 'Start run of TSK-001' }))
  expect(await screen.findByText('The project has no repository: link one with `omoi repo link`.')).toBeTruthy()
  expect((screen.getByRole('link', { name: 'Its runs' }) as HTMLAnchorElement).href).toContain(`/p/${PROJECT}/runs?task=${TASK}`)
  expect(await faults(container)).toEqual([])
  serve({ ...answers, [`GET /api/v1/tasks/${TASK}`]: { body: READY }, [path]: { status: 201, body: { id: RUN, position: 18 } }, [`GET /api/v1/runs/${RUN}`]: behind })
  fireEvent.click(screen.getByRole('button', { name: 'Start run of TSK-001' }))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/p/${PROJECT}/runs/${RUN}`))
  expect(queries.getQueryData(['run', RUN])).toEqual(theRun)
  unmount()
})

test('a task that a run works on leads there, and a viewer starts none', async () => {
  const progress = { status: 'running', epoch: 1, by: { kind: 'run', run: RUN } }
  serve({ ...answers, [`GET /api/v1/tasks/${TASK}`]: { body: { ...READY, status: 'running', progress } } })
  const { unmount } = page()
  expect(((await screen.findByRole('link', { name: 'Watch its run' })) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/runs/${RUN}`)
  unmount()
  beHere('viewer')
  serve({ ...answers, [`GET /api/v1/tasks/${TASK}`]: { body: READY } })
  page()
  await screen.findByText('Draw the form')
  expect(screen.queryByRole('button', { name: /^Start run/ })).toBeNull()
})
