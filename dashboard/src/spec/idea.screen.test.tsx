/** An idea on its way to a plan: what is written so far, what was sent back and why, and what planning waits for. */
import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { enter, press, write } from '../testing/forms'
import { beHere, beNobody } from '../testing/people'
import { faults, serve, show } from '../testing/render'
import { HASH, HOSTILE, PROJECT, SPEC, specAt } from '../testing/specs'
import { SpecPage } from './SpecPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const READ = `GET /api/v1/specs/${SPEC}`
const POST = `POST /api/v1/specs/${SPEC}`
const EVENTS = 'GET /api/v1/events'
const page = () => show(<SpecPage project={PROJECT} id={SPEC} />, `/p/${PROJECT}/specs/${SPEC}`)

const calls = { begun: 1, failed: 0, ambiguous: 0, input_tokens: 4057, output_tokens: 900, cost: 9_277 }
const tooSmall = (budget: number, given: Record<string, unknown> = {}) =>
  specAt({ status: 'halted', phase: 'design', reason: { kind: 'budget_exhausted', needs: 164_057 }, possible: ['resume', 'cancel'] }, { budget, ...given })

test('a budget that is too small says what is left, what the call counts with and how much is enough, and is raised', async () => {
  beHere('member')
  const asked = serve({
    [READ]: { body: tooSmall(170_000, { calls }) },
    [`${POST}/resume`]: { body: { id: SPEC, position: 80 } },
  })
  const { container } = page()
  const halted = await screen.findByRole('region', { name: 'Halted' })
  expect(halted.textContent).toContain('before design: the budget is too small')
  expect(halted.textContent).toContain('could cost more than the $0.161 that are left of $0.17.')
  expect(halted.textContent).toContain('16,000 tokens')
  expect(halted.textContent).toContain('counted with $0.164 before it begins, so a budget of $0.18 is enough')
  expect(screen.getByText('Models cost $0.01 of $0.17')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Resume …' })).toBeNull()
  expect(await faults(container)).toEqual([])

  await press('Raise the budget …')
  enter(await write(/cost together/, 'much'))
  expect(await screen.findByText('An amount in dollars, e.g. 20 or 2.50.')).toBeTruthy()
  enter(await write(/cost together/, '2.50'))
  await waitFor(() => expect(asked.find(({ path }) => path.endsWith('/resume'))?.body).toEqual({ budget: 2_500_000 }))
})

test('before the first call nothing is said of what was spent', async () => {
  beHere('member')
  serve({ [READ]: { body: tooSmall(50_000) } })
  page()
  const halted = await screen.findByRole('region', { name: 'Halted' })
  expect(halted.textContent).toContain('could cost more than the $0.05 that are left.')
  expect(halted.textContent).toContain('a budget of $0.17 is enough')
})

test('without a model it says what must be done', async () => {
  beHere('viewer')
  const reason = { kind: 'no_model', message: `Set a key. ${HOSTILE}` }
  serve({ [READ]: { body: specAt({ status: 'halted', phase: 'prd', reason, possible: ['resume'] }) } })
  const { container } = page()
  const halted = await screen.findByRole('region', { name: 'Halted' })
  expect(within(halted).getByText(`Set a key. ${HOSTILE}`)).toBeTruthy()
  expect(within(halted).queryByRole('button')).toBeNull()
  expect(container.querySelector('article img')).toBeNull()
})

const AT = ['2026-11-28T04:00:00.000000Z', '2026-11-28T05:00:00.000000Z', '2026-11-28T06:00:00.000000Z', '2026-11-28T07:00:00.000000Z']
const attempt = (n: number, started_at?: string) => ({ attempt: n, edited_by: null, started_at, ended_at: null, sections: 1, verdict: null, error: null, passed: n === 1 })
const rejected = (gate: string, recorded_at: string | undefined, reason: string) => ({ type: 'spec.approval_rejected', recorded_at, payload: { gate, content_hash: HASH, by: PROJECT, reason } })

test('what was sent back says why, beside the attempt that it was about', async () => {
  beHere('member')
  const attempts = [attempt(1, AT[0]), attempt(2, AT[2])]
  const phases = [{ phase: 'requirements', status: 'running', content_hash: null, written: ['feature_name', 'out_of_scope'], attempts }]
  const reason = `Nobody asked for it ${HOSTILE}`
  serve({
    [READ]: { body: specAt({ status: 'planning', phase: 'requirements', attempt: 2, possible: ['cancel'] }, { phases }) },
    [EVENTS]: { body: { events: [rejected('design', AT[3], 'Another gate.'), rejected('requirements', AT[1], reason)], next: 9 } },
  })
  const { container } = page()
  expect(await screen.findByText(`Sent back before, because: ${reason}`)).toBeTruthy()
  expect(screen.getByText('Written so far: feature name, out of scope')).toBeTruthy()
  expect(screen.getByRole('region', { name: 'Attempt 1' }).textContent).toContain(`sent back`)
  expect(screen.getByRole('region', { name: 'Attempt 1' }).textContent).toContain(reason)
  expect(screen.getByRole('region', { name: 'Attempt 2' }).textContent).not.toContain('sent back')
  expect(container.querySelector('article img')).toBeNull()
})

test('product requirements that are half written are shown as far as they are', async () => {
  beHere('member')
  const prd = {
    overview: { one_liner: 'Invoices by mail.', problem_statement: '', solution_summary: '' },
    // The server says `null` for what the writer has not come to.
    goals: { primary: [], secondary: null, success_metrics: [] },
    scope: { in_scope: [], out_of_scope: [] },
    user_stories: [],
    assumptions: [],
    risks: [],
  }
  serve({ [READ]: { body: specAt({ status: 'planning', phase: 'prd', attempt: 1, possible: ['cancel'] }, { prd, tasks: [] }) } })
  page()
  expect(await screen.findByText('Invoices by mail.')).toBeTruthy()
  // What is computed of tasks is not there before them: it would say that nothing is met.
  expect(screen.queryByRole('region', { name: 'Coverage' })).toBeNull()
})

test('answers are folded away once planning goes on', async () => {
  beHere('member')
  const questions = [{ question: 1, category: '', text: 'Which file?', answer: 'todo.txt' }]
  serve({ [READ]: { body: specAt({ status: 'planned', possible: [] }, { questions }) } })
  page()
  const summary = await screen.findByText('1 of 1 answered')
  expect(summary.closest('details')!.open).toBe(false)
  expect(within(summary.closest('details')!).getByText('todo.txt')).toBeTruthy()
})
