import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { listenForKeys } from '../shell/useKeys'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { ADA, endedRun, HOSTILE, PROJECT, RUN, runServer, said, seen, STEER, story, theRun, TICKET } from '../testing/runs'
import { RunPage } from './RunPage'

beforeAll(listenForKeys)
afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const page = () => show(<RunPage project={PROJECT} id={RUN} />, `/p/${PROJECT}/runs/${RUN}`)
const steps = () => screen.findByRole('list', { name: /^Steps/ })

test('a run shows whose it is, how far, and all that happened', async () => {
  runServer()
  const { container } = page()
  expect(((await screen.findByRole('link', { name: 'Mend add' })) as HTMLAnchorElement).pathname).toBe(`/p/${PROJECT}/t/${TICKET}`)
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('TSK-001Mend add')
  expect(screen.getByText('Works')).toBeTruthy()
  expect(screen.getByText(/omoi\/TSK-001-mend-add/)).toBeTruthy()
  const list = within(await steps())
  expect(list.getByRole('heading', { name: /^Turn 1/ })).toBeTruthy()
  expect(list.getByText('it is read-only')).toBeTruthy()
  expect(list.getByRole('img', { name: 'It did not work' })).toBeTruthy()
  expect(list.getByText('exit 1')).toBeTruthy()
  // The end of what a command wrote, and the rest folded.
  expect(list.getByText(/line 30/).textContent).not.toContain('line 9\n')
  expect(list.getByText('22 earlier lines')).toBeTruthy()
  expect(list.getByText('+1')).toBeTruthy()
  expect(list.getByText('add() { echo $(($1 + $2)); }')).toBeTruthy()
  expect(list.getByRole('img', { name: 'Under way' })).toBeTruthy()
  expect(list.getByText('May I change the test?')).toBeTruthy()
  expect(list.getByText(/within turn 1, while it works/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('calls to models show what they cost, and what went out is told', async () => {
  const of = { kind: 'run', run: RUN }
  runServer(theRun, [
    seen(40, 'trajectory.llm_call_started', { call: 'a', of, provider: 'anthropic', model: 'sonnet', prompt: 'run.v1', reserved: 9 }),
    seen(41, 'trajectory.llm_call_finished', { call: 'a', of, outcome: { kind: 'answered' }, tries: 1, duration_ms: 1_234 }),
    seen(42, 'trajectory.usage_recorded', { call: 'a', of, tokens: { input: 1_200, output: 80 }, cost: 12_000 }),
    seen(43, 'trajectory.llm_call_started', { call: 'b', of, provider: 'anthropic', model: 'sonnet', prompt: 'run.v1', reserved: 9 }),
    seen(44, 'trajectory.llm_call_finished', { call: 'b', of, outcome: { kind: 'failed', code: 'rate_limited', message: 'too many requests' }, tries: 3, duration_ms: 61_000 }),
    seen(45, 'trajectory.egress_attempted', { host: 'example.org:443', method: 'CONNECT', allowed: false, reason: 'not_allowed', sent: 0, received: 0 }),
    seen(46, 'trajectory.egress_ended', { host: 'pypi.org:443', reason: 'closed', sent: 1536, received: 12 }),
    seen(47, 'trajectory.mcp_call_made', { server: 'omoi', tool: 'discover', ok: true }),
  ])
  page()
  const list = within(await steps())
  expect(list.getByText('1,200 tokens in, 80 out · $0.01 · 1.2 s')).toBeTruthy()
  expect(list.getByText('1 min 1 s · too many requests')).toBeTruthy()
  expect(list.getByText('CONNECT example.org:443, not let through: the project does not name this host (omoi project set --allow-host)')).toBeTruthy()
  expect(list.getByText('pypi.org:443 closed, 1.5 KiB out, 12 bytes in')).toBeTruthy()
  expect(list.getByText('omoi: discover')).toBeTruthy()
  expect(list.getAllByRole('listitem')).toHaveLength(5)
})

test('what others wrote is text: no image, no turned name, no sequence of a terminal', async () => {
  runServer()
  const { container } = page()
  const words = within(await steps()).getByText(/I look at/)
  expect(words.textContent).toBe('I look at <img src=x onerror="window.hit=1"> red user\\u202efdp.exe')
  expect(container.querySelector('article img')).toBeNull()
})

test('a thought is folded, and what was opened stays open', async () => {
  runServer()
  page()
  const thought = await screen.findByRole('button', { name: /^Thought/ })
  expect(thought.getAttribute('aria-expanded')).toBe('false')
  fireEvent.click(thought)
  expect(screen.getByText(/That is wrong/)).toBeTruthy()
})

test('while it is read it says so, and what is not there is said as well', async () => {
  serve({ [`GET /api/v1/runs/${RUN}`]: () => new Promise(() => {}) })
  const { unmount } = page()
  expect((await screen.findByRole('status')).textContent).toBe('Reading the run …')
  unmount()
  serve({})
  page()
  expect((await screen.findByRole('alert')).textContent).toContain('It does not exist.')
})

test('nothing has happened yet', async () => {
  runServer({ ...theRun, status: 'starting', progress: { status: 'starting' }, place: null, level: null }, [])
  const { container } = page()
  expect(await screen.findByText(/^Nothing has happened yet/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('who may not read runs reads why', async () => {
  serve({ [`GET /api/v1/runs/${RUN}`]: { status: 403, body: problem(403, 'forbidden', 'the key may not') } })
  const { container } = page()
  expect(await screen.findByRole('heading', { name: 'This key does not show runs' })).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('when the server goes away what is there stays, and it can be asked again', async () => {
  let away = true
  const { log } = runServer()
  const fetchAll = globalThis.fetch
  vi.stubGlobal('fetch', (input: Request) => (away && input.url.includes('/events') ? Promise.reject(new TypeError('failed')) : fetchAll(input)))
  page()
  expect(await screen.findByText(/^The server cannot be reached/)).toBeTruthy()
  expect(screen.getByRole('heading', { level: 1 })).toBeTruthy()
  away = false
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await steps()).toBeTruthy()
  expect(log.length).toBe(story.length)
})

test('an ended run says how, why and what to do, and hears nothing any more', async () => {
  runServer(endedRun('not_verified', 'failed', 'of the evidence failed: sh check.sh'))
  const { container } = page()
  const note = within(await screen.findByRole('note', { name: 'How it ended' }))
  expect(note.getByText(/of the evidence failed/)).toBeTruthy()
  expect(note.getByText(/The next run of the task is told/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Stop …' })).toBeNull()
  expect(screen.getByText('The run has ended: nobody is there to hear it.')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true')
  expect(screen.getByText(/took 1 min 12 s/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
})

test('a driver without ears says so', async () => {
  runServer({ ...theRun, driver: 'command' })
  page()
  expect(await screen.findByText(/^This agent hears nothing while it works/)).toBeTruthy()
})

test('who stepped in stands beside the run, with what came of it', async () => {
  const known = { project: PROJECT, run: RUN, by: ADA, requested_at: '2026-11-28T09:15:07Z', settled_at: null } as const
  runServer(theRun, story, [
    { ...known, id: ADA, kind: 'interrupt', status: 'failed', reason: `turn 2 was over ${HOSTILE}` },
    { ...known, id: STEER, kind: 'message', status: 'requested' },
  ])
  const { container, unmount } = page()
  await steps()
  const list = within(await screen.findByRole('region', { name: 'Interventions (2)' }))
  expect(list.getAllByRole('listitem').map((item) => item.textContent?.match(/^(Interruption|Message) by/)?.[1])).toEqual(['Interruption', 'Message'])
  expect(list.getByText('Not interrupted.')).toBeTruthy()
  expect(list.getByText('Leave the test.')).toBeTruthy()
  expect(list.getByText('Heard.')).toBeTruthy()
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
  unmount()
  runServer(theRun, [])
  page()
  expect(within(await screen.findByRole('region', { name: 'Interventions' })).getByText('Nobody has stepped in yet.')).toBeTruthy()
})

test('a message is sent with Ctrl+Enter, and one that is refused stays where it was written', async () => {
  const { asked } = runServer()
  page()
  const box = (await screen.findByLabelText('Message to the agent', { selector: 'textarea' })) as HTMLTextAreaElement
  await steps()
  HTMLFormElement.prototype.requestSubmit = function () {
    fireEvent.submit(this)
  }
  fireEvent.change(box, { target: { value: 'Leave the names.' } })
  fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true })
  await waitFor(() => expect(asked.find(({ path }) => path.endsWith('/messages'))?.body).toEqual({ text: 'Leave the names.' }))
  await waitFor(() => expect(box.value).toBe(''))
  serve({ [`POST /api/v1/runs/${RUN}/messages`]: { status: 422, body: problem(422, 'steer_open', 'another message is still on its way') } })
  fireEvent.change(box, { target: { value: 'And the types.' } })
  fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true })
  expect((await screen.findByRole('alert')).textContent).toBe('Another message is still on its way.')
  expect(box.value).toBe('And the types.')
})

test('stopping asks why', async () => {
  const { asked } = runServer()
  const { container } = page()
  fireEvent.click(await screen.findByRole('button', { name: 'Stop …' }))
  const asks = within(await screen.findByRole('dialog', { name: 'Stop the run' }))
  fireEvent.click(asks.getByRole('button', { name: 'Stop it' }))
  expect(await asks.findByText(/Say why in a line/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.change(asks.getByLabelText('Why'), { target: { value: 'planned wrongly' } })
  fireEvent.click(asks.getByRole('button', { name: 'Stop it' }))
  await waitFor(() => expect(asked.find(({ path }) => path.endsWith('/stop'))?.body).toEqual({ reason: 'planned wrongly' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('interrupting says what follows, and is not asked for twice', async () => {
  const { asked } = runServer()
  const { container, unmount } = page()
  fireEvent.click(await screen.findByRole('button', { name: 'Interrupt …' }))
  const asks = within(await screen.findByRole('dialog', { name: 'Interrupt the turn?' }))
  expect(asks.getByText(/No message waits for it, so the run is over by that/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.click(asks.getByRole('button', { name: 'Interrupt it' }))
  await waitFor(() => expect(asked.filter(({ path }) => path.endsWith('/interrupt'))).toHaveLength(1))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  unmount()
  runServer({ ...theRun, interrupting: true, steer: { id: STEER, state: 'written', mechanism: 'hook' } }, [
    seen(42, 'run.interrupt_requested', { by: ADA }),
    seen(43, 'run.interrupt_settled', { turn: 1, stop: 'cancelled' }),
    seen(44, 'run.interrupt_settled', { turn: 2, stop: 'end_turn' }),
  ])
  page()
  const button = await screen.findByRole('button', { name: 'Interrupting …' })
  fireEvent.click(button)
  expect(screen.queryByRole('dialog')).toBeNull()
  const list = within(await steps())
  for (const words of ['A person interrupted the turn of its agent.', 'The turn has ended by that.', 'The turn had ended by itself: end turn.']) expect(list.getByText(words)).toBeTruthy()
})

test('a report is read as text, and its findings when somebody wants them', async () => {
  const report = { summary: `The sign is wrong. ${HOSTILE}`, findings: [{ title: 'add subtracts', detail: 'See <b>the minus</b>.', files: ['calc.sh'] }], recommendations: ['Mend it.'] }
  runServer({ ...endedRun('verified', 'succeeded', 'it left a report'), evidence: { commit: '0c1d2e3f4a5b', base: '0c1d2e3f4a5b', files: 0, added: 0, removed: 0, restored: [], commands: [], report } })
  const { container } = page()
  const shown = within(await screen.findByRole('region', { name: 'Report' }))
  expect(shown.getByText(/^The sign is wrong\. <img src=x/)).toBeTruthy()
  expect(shown.queryByText('add subtracts')).toBeNull()
  expect(screen.queryByText(/for whoever merges it/)).toBeNull()
  const open = shown.getByRole('button', { name: 'Show 1 finding and 1 recommendation' })
  fireEvent.click(open)
  for (const words of ['add subtracts', 'See <b>the minus</b>.', 'calc.sh', 'Mend it.']) expect(shown.getByText(words)).toBeTruthy()
  expect(container.querySelector('article img, article b')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('of a long run the end is there at once', async () => {
  const many = Array.from({ length: 220 }, (_, n) => seen(100 + n, 'trajectory.message_emitted', { text: said(`word ${n}`) }))
  const { asked } = runServer({ ...theRun, seen: { ...theRun.seen, events: 1_500 } }, many)
  const fetchAll = globalThis.fetch
  let goOn = () => {}
  const held = new Promise<void>((resume) => (goOn = resume))
  vi.stubGlobal('fetch', async (input: Request) => {
    if (input.url.includes('after=')) await held
    return fetchAll(input)
  })
  page()
  expect(await screen.findByText(/^Below stands the end\. Reading what came before it: 0 steps so far, about 1,500 more/)).toBeTruthy()
  expect(within(await steps()).getByText('word 219')).toBeTruthy()
  goOn()
  await waitFor(() => expect(screen.queryByText(/^Below stands the end/)).toBeNull())
  expect(screen.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuetext')).toMatch(/^Step 220 of 220/)
  expect(asked.filter(({ search }) => search.has('before'))).toHaveLength(1)
})

test('who may only look cannot stop it or speak', async () => {
  beHere('viewer')
  runServer()
  page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^(Stop|Interrupt) …$/ })).toBeNull()
})

test('it goes back step by step, and back to now', async () => {
  runServer()
  const { container } = page()
  const list = within(await steps())
  const slider = screen.getByRole('slider', { name: 'Step' })
  expect(slider.getAttribute('aria-valuetext')).toMatch(/^Step 15 of 15, .*, now$/)
  // To where the tool was called and had not answered.
  fireEvent.change(slider, { target: { value: '5' } })
  expect(slider.getAttribute('aria-valuetext')).toMatch(/^Step 6 of 15, .*, past$/)
  expect(list.getByRole('img', { name: 'No answer yet' })).toBeTruthy()
  expect(list.queryByText('exit 1')).toBeNull()
  expect(screen.getByText(/^This is the past/)).toBeTruthy()
  expect(await faults(container)).toEqual([])
  fireEvent.keyDown(document.body, { key: 'ArrowRight' })
  expect(list.getByText('it is read-only')).toBeTruthy()
  fireEvent.keyDown(document.body, { key: 'ArrowLeft' })
  expect(list.queryByText('it is read-only')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Back to live' }))
  expect(list.getByText('exit 1')).toBeTruthy()
})

test('it plays by itself, faster when asked, and Space holds it', async () => {
  runServer()
  page()
  await steps()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  const at = () => Number((screen.getByRole('slider', { name: 'Step' }) as HTMLInputElement).value)
  fireEvent.keyDown(document.body, { key: ' ' })
  expect(at()).toBe(0)
  act(() => void vi.advanceTimersByTime(1_000))
  expect(at()).toBe(1)
  fireEvent.change(screen.getByLabelText('Speed'), { target: { value: '8' } })
  act(() => void vi.advanceTimersByTime(500))
  expect(at()).toBe(5)
  fireEvent.keyDown(document.body, { key: ' ' })
  act(() => void vi.advanceTimersByTime(5_000))
  expect(at()).toBe(5)
  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(at()).toBe(14)
})
