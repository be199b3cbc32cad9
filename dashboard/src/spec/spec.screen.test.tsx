import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { enter, press, write } from '../testing/forms'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { HASH, HOSTILE, OTHER_HASH, PROJECT, SPEC, specAt, waiting } from '../testing/specs'
import { SpecPage } from './SpecPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const READ = `GET /api/v1/specs/${SPEC}`
const POST = `POST /api/v1/specs/${SPEC}`
const page = () => show(<SpecPage project={PROJECT} id={SPEC} />, `/p/${PROJECT}/specs/${SPEC}`)
const sent = (asked: ReturnType<typeof serve>, verb: string) => asked.filter(({ method, path }) => method === 'POST' && path.endsWith(`/${verb}`)).map(({ body }) => body)

test('a spec shows its phases, requirements, design, tasks, order and coverage, and words of others stay words', async () => {
  beHere('member')
  serve({ [READ]: { body: waiting() } })
  const { container } = page()
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toBe(`Todo ${HOSTILE}`)
  expect(container.querySelector('main img, article img')).toBeNull()

  const phases = screen.getByRole('region', { name: 'Phases' })
  expect(phases.textContent).toContain('score 73 %')
  const assumptions = within(phases).getByText('assumptions', { selector: 'li > div > span' }).closest('li')!
  expect(assumptions.textContent).toContain('write in assumptions what is taken for granted')
  expect(within(phases).getByText('Written, not judged yet')).toBeTruthy()

  const requirements = screen.getByRole('region', { name: 'Requirements (2)' })
  const first = within(requirements).getByRole('list', { name: 'Criteria of REQ-1' })
  expect(within(first).getAllByText(/^(IF|THEN|SHALL)$/).map(({ textContent }) => textContent)).toEqual(['IF', 'THEN', 'SHALL'])
  expect(within(first).getByText(HOSTILE)).toBeTruthy()
  expect(first.closest('li')!.textContent).toContain('say how fast')

  expect(screen.getByRole('region', { name: 'Design' }).textContent).toContain('Reads the list.')
  const tasks = screen.getByRole('region', { name: 'Tasks (2)' })
  expect(within(tasks).getByText('2.5 h')).toBeTruthy()
  expect(within(tasks).getByText('waits for', { exact: false }).textContent).toContain('TSK-001')
  expect(within(screen.getByRole('list', { name: 'Critical path' })).getAllByRole('link').map(({ textContent }) => textContent)).toEqual(['TSK-001', 'TSK-002'])
  const row = within(screen.getByRole('region', { name: 'Coverage matrix' })).getByRole('row', { name: /See the list/ })
  expect(row.textContent).toContain('not metno task names it')
  expect(await faults(container)).toEqual([])
})

test('what says nearly the same is named, with the way there', async () => {
  beHere('member')
  const other = '0190d5aa-7f7e-7000-8000-000000000001'
  const near = [{ kind: 'spec', id: other, title: `Todos ${HOSTILE}`, similarity: 0.734, model: 'lexical-2' }]
  serve({ [READ]: { body: specAt({ status: 'planned', possible: [] }, { near_duplicates: near }) } })
  const { container } = page()
  const link = await screen.findByRole('link', { name: `Todos ${HOSTILE}` })
  expect(link.getAttribute('href')).toBe(`/p/${PROJECT}/specs/${other}`)
  expect(link.closest('p')!.textContent).toContain('(73 % alike)')
  expect(container.querySelector('main img, article img')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('a yes names the hash of what was shown', async () => {
  beHere('member')
  let approved = false
  const asked = serve({
    [READ]: () => ({ body: approved ? specAt({ status: 'planned', possible: ['cancel'] }) : waiting() }),
    [`${POST}/approve`]: () => {
      approved = true
      return { body: { id: SPEC, position: 80 } }
    },
  })
  page()
  await press('Approve')
  expect(await screen.findByText('Planned')).toBeTruthy()
  expect(sent(asked, 'approve')).toEqual([{ gate: 'requirements', content_hash: HASH }])
  expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull()
})

test('what changed meanwhile is shown, and the yes that was meant for the old one is not given to it', async () => {
  beHere('member')
  let now = HASH
  const asked = serve({
    [READ]: () => ({ body: waiting(now) }),
    [`${POST}/approve`]: () => {
      if (now === OTHER_HASH) return { body: { id: SPEC, position: 81 } }
      now = OTHER_HASH
      return { status: 422, body: problem(422, 'content_changed', 'the content is another one now') }
    },
  })
  page()
  await press('Approve')
  expect((await screen.findByText(/It changed while you were reading/)).closest('[role=alert]')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull()
  expect(screen.getByTitle(OTHER_HASH)).toBeTruthy()
  await press('I read the new one')
  await press('Approve')
  await waitFor(() => expect(sent(asked, 'approve')).toHaveLength(2))
  expect(sent(asked, 'approve')[1]).toEqual({ gate: 'requirements', content_hash: OTHER_HASH })
})

test('a no needs a reason', async () => {
  beHere('member')
  const asked = serve({ [READ]: { body: waiting() }, [`${POST}/reject`]: { body: { id: SPEC, position: 80 } } })
  page()
  await press('Reject …')
  enter(await screen.findByLabelText('What is wrong'))
  expect(await screen.findByText('Say what is wrong, so that it can be made better.')).toBeTruthy()
  expect(sent(asked, 'reject')).toEqual([])
  enter(await write('What is wrong', 'Nobody asked for it.'))
  await waitFor(() => expect(sent(asked, 'reject')).toEqual([{ gate: 'requirements', content_hash: HASH, reason: 'Nobody asked for it.' }]))
})

const wrote = (field: string, value: unknown) => ({ position: 1, type: 'spec.phase_section_written', payload: { phase: 'requirements', attempt: 1, section: { field, part: { kind: 'whole', value } } } })

test('an edit begins with all that was written; what is no JSON is not sent, and a refusal stands beside it', async () => {
  beHere('member')
  const fault = { code: 'vague', item: 'REQ-1', message: 'say how fast' }
  const asked = serve({
    [READ]: { body: waiting() },
    'GET /api/v1/events': { body: { events: [wrote('assumptions', []), wrote('requirements', [{ id: 'REQ-1' }])], next: 1 } },
    [`${POST}/edit`]: { status: 422, body: { ...problem(422, 'vetoed', 'this cannot be accepted'), problems: [fault] } },
  })
  page()
  await press('Edit …')
  const box = (await screen.findByLabelText(/as JSON/)) as HTMLTextAreaElement
  expect(JSON.parse(box.value)).toEqual({ assumptions: [], requirements: [{ id: 'REQ-1' }] })
  await write(/as JSON/, '{')
  enter(box)
  expect((await screen.findByText(/^This is not JSON/)).textContent).toContain('JSON')
  expect(sent(asked, 'edit')).toEqual([])
  await write(/as JSON/, '{"requirements": []}')
  enter(box)
  expect(await screen.findByText('This cannot be accepted.')).toBeTruthy()
  expect(within(screen.getByRole('dialog')).getAllByText(/say how fast/).length).toBeGreaterThan(0)
  expect(sent(asked, 'edit')).toEqual([{ gate: 'requirements', content_hash: HASH, content: { requirements: [] } }])
})

test('questions are answered in their place', async () => {
  beHere('member')
  const questions = [
    { question: 1, category: 'scope', text: 'Who may delete?', answer: null },
    { question: 2, category: '', text: 'Which file?', answer: 'todo.txt' },
  ]
  const asked = serve({
    [READ]: { body: specAt({ status: 'awaiting_answers', possible: ['answer', 'cancel'] }, { questions }) },
    [`${POST}/answers`]: { body: { id: SPEC, position: 80 } },
  })
  const { container } = page()
  expect(await screen.findByText('todo.txt')).toBeTruthy()
  enter(await write('Answer to question 1', 'Only the owner.'))
  await waitFor(() => expect(sent(asked, 'answers')).toEqual([{ question: 1, text: 'Only the owner.' }]))
  expect(await faults(container)).toEqual([])
})

test('a failure says why, and it can be given up with a reason', async () => {
  beHere('member')
  const asked = serve({
    [READ]: { body: specAt({ status: 'failed', phase: 'tasks', reason: 'No task has hours.', possible: ['resume', 'cancel'] }) },
    [`${POST}/cancel`]: { body: { id: SPEC, position: 80 } },
  })
  page()
  expect(await screen.findByText('No task has hours.')).toBeTruthy()
  await press('Cancel the spec …')
  enter(await write('Why', 'Bought instead.'))
  await waitFor(() => expect(sent(asked, 'cancel')).toEqual([{ reason: 'Bought instead.' }]))
})

test('work that it became is linked', async () => {
  beHere('member')
  const work = { tickets: [{ local: 'TKT-001', id: 'c19467d4-60d9-8a72-85aa-4ef789c1375a', number: 'TKT-017' }], tasks: [] }
  serve({ [READ]: { body: specAt({ status: 'executing', possible: ['cancel'] }, { work }) } })
  page()
  const link = await screen.findByRole('link', { name: 'Ticket TKT-017' })
  expect(link.getAttribute('href')).toBe(`/p/${PROJECT}/t/c19467d4-60d9-8a72-85aa-4ef789c1375a`)
})

test('drift and revisions are told where there are any', async () => {
  beHere('member')
  const drift = [{ code: 'withdrawn_but_begun', task: 'TSK-017', message: `the plan no longer has TSK-017 ${HOSTILE}` }]
  const work = { added: ['TSK-009'], changed: [], withdrawn: ['TSK-003'], kept: [] }
  const revisions = [{ by: PROJECT, at: '2026-11-28T04:38:40.296127Z', work }]
  serve({ [READ]: { body: specAt({ status: 'executing', possible: ['revise', 'cancel'] }, { drift, revisions }) } })
  const { container } = page()
  expect((await screen.findByRole('region', { name: 'Drift (1)' })).textContent).toContain(`the plan no longer has TSK-017 ${HOSTILE}`)
  expect(screen.getByRole('region', { name: 'Revisions (1)' }).textContent).toContain('added TSK-009; withdrawn TSK-003')
  expect(await faults(container)).toEqual([])
})

const markdown = (text: string) => new File([text], 'plan.md', { type: 'text/markdown' })

test('a revision shows what it changes before it is sent, and names the plan that was looked at', async () => {
  beHere('member')
  const changes = {
    requirements: [],
    design: false,
    tickets: [],
    tasks: [
      { id: 'TSK-009', change: 'added', title: `Colours ${HOSTILE}`, number: null, stays: false },
      { id: 'TSK-003', change: 'withdrawn', title: 'Store', number: 'TSK-017', stays: true },
    ],
  }
  const asked = serve({
    [READ]: { body: specAt({ status: 'executing', possible: ['revise', 'cancel'] }, { plan_hash: HASH }) },
    [`${POST}/revise`]: { body: { id: SPEC, position: 90, changes } },
  })
  const { container } = page()
  await press('Revise …')
  const dialog = await screen.findByRole('dialog', { name: 'Revise the plan' })
  expect(within(dialog).queryByRole('button', { name: 'Revise' })).toBeNull()
  fireEvent.change(within(dialog).getByLabelText('Files'), { target: { files: [markdown('# Todo')] } })
  const tasks = await within(dialog).findByRole('list', { name: 'Tasks' })
  expect(within(tasks).getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    `addedTSK-009Colours ${HOSTILE}`,
    'withdrawnTSK-017Storestays as it is: it was begun, or is over',
  ])
  expect(await faults(container)).toEqual([])
  await press('Revise')
  const body = { content_hash: HASH, files: [{ path: 'plan.md', text: '# Todo' }] }
  await waitFor(() => expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([body, body]))
})

test('a revision that cannot be is told with its places, and cannot be sent', async () => {
  beHere('member')
  const fault = { code: 'dangling_reference', file: 'plan.md', line: 7, message: 'there is no TSK-777' }
  serve({
    [READ]: { body: specAt({ status: 'planned', possible: ['revise', 'cancel'] }, { plan_hash: HASH }) },
    [`${POST}/revise`]: { status: 422, body: { ...problem(422, 'invalid_plan', 'the plan has a problem'), problems: [fault] } },
  })
  page()
  await press('Revise …')
  fireEvent.change(await screen.findByLabelText('Files'), { target: { files: [markdown('# Todo')] } })
  expect((await screen.findByText(/there is no TSK-777/)).textContent).toContain('plan.md:7')
  expect(screen.queryByRole('button', { name: 'Revise' })).toBeNull()
})

test('who may only look is offered no answer, and can take it away as files', async () => {
  beHere('viewer')
  serve({ [READ]: { body: waiting() } })
  const { container } = page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Export …'])
  expect(await faults(container)).toEqual([])
})

test('an export lists its files and what a layout cannot say', async () => {
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:here', revokeObjectURL: () => {} }))
  serve({
    [READ]: { body: waiting() },
    [`GET /api/v1/specs/${SPEC}/export`]: { body: { layout: 'kiro', files: [{ path: 'todo/tasks.md', text: '# Tasks' }], lost: ['the risks'] } },
  })
  page()
  await press('Export …')
  expect((await screen.findByRole('link', { name: 'Download todo/tasks.md' })).getAttribute('download')).toBe('tasks.md')
  expect(screen.getByText('the risks')).toBeTruthy()
})

test('a spec that is not there says so, and one without content yet says what comes', async () => {
  serve({})
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('It does not exist.')
  expect(screen.getByRole('button', { name: 'Read again' })).toBeTruthy()
})

test('an idea that is being written shows what is there, and that the rest is not', async () => {
  beHere('member')
  const empty = { origin: { from: 'idea', idea: `A list. ${HOSTILE}` }, requirements: [], design: null, tasks: [], tickets: [], coverage: [], waves: [], statements: [], assumptions: [], critical_path: [] }
  serve({ [READ]: { body: specAt({ status: 'planning', phase: 'design', attempt: 2, due: null, possible: ['cancel'] }, empty) } })
  const { container } = page()
  expect(await screen.findByText('Writes design, attempt 2')).toBeTruthy()
  expect(screen.getByText(`A list. ${HOSTILE}`)).toBeTruthy()
  expect(screen.getAllByText('Not written yet.')).toHaveLength(3)
  fireEvent.click(screen.getByRole('link', { name: 'Design' }))
  expect(await faults(container)).toEqual([])
})
