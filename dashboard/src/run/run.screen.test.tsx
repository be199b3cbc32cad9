import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { RecordedEvent, Run } from '../api/types'
import { live } from '../live'
import { listenForKeys } from '../shell/useKeys'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { endedRun, PROJECT, RUN, said, seen, STEER, story, TASK, theRun, TICKET } from '../testing/runs'
import { RunPage } from './RunPage'

beforeAll(listenForKeys)
afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const TASK_ANSWER = { id: TASK, number: 'TSK-001', title: 'Mend add', ticket: TICKET, status: 'running', near_duplicates: [] }

/** A server with a run, of which more may happen. */
function server(run: Run = theRun, events: readonly RecordedEvent[] = story) {
  const log = [...events]
  const asked = serve({
    [`GET /api/v1/runs/${RUN}`]: () => ({ body: run }),
    [`GET /api/v1/runs/${RUN}/events`]: ({ search }) => {
      const after = Number(search.get('after'))
      const page = log.filter(({ position }) => position > after).slice(0, Number(search.get('limit')))
      return { body: { events: page, next: page.at(-1)?.position ?? after } }
    },
    [`GET /api/v1/tasks/${TASK}`]: { body: TASK_ANSWER },
    [`POST /api/v1/runs/${RUN}/messages`]: { body: { id: RUN, task: TASK, agent: 'scripted', status: 'active', version: 5, position: 61, message: STEER } },
    [`POST /api/v1/runs/${RUN}/stop`]: { body: { id: RUN, task: TASK, agent: 'scripted', status: 'stopping', version: 5, position: 61 } },
  })
  return { asked, log }
}
const page = () => show(<RunPage project={PROJECT} id={RUN} />, `/p/${PROJECT}/runs/${RUN}`)
const steps = () => screen.findByRole('list', { name: /^Steps/ })

test('a run shows whose it is, how far, and all that happened', async () => {
  server()
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

test('what others wrote is text: no image, no turned name, no sequence of a terminal', async () => {
  server()
  const { container } = page()
  const words = within(await steps()).getByText(/I look at/)
  expect(words.textContent).toBe('I look at <img src=x onerror="window.hit=1"> red user\\u202efdp.exe')
  expect(container.querySelector('article img')).toBeNull()
})

test('a thought is folded, and what was opened stays open', async () => {
  server()
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
  server({ ...theRun, status: 'starting', progress: { status: 'starting' }, place: null, level: null }, [])
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
  const { log } = server()
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
  server(endedRun('not_verified', 'failed', 'of the evidence failed: sh check.sh'))
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
  server({ ...theRun, driver: 'command' })
  page()
  expect(await screen.findByText(/^A command takes no messages/)).toBeTruthy()
})

test('a message is sent with Ctrl+Enter, and one that is refused stays where it was written', async () => {
  const { asked } = server()
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
  const { asked } = server()
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

test('who may only look cannot stop it or speak', async () => {
  beHere('viewer')
  server()
  page()
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Stop …' })).toBeNull()
})

test('it goes back step by step, and back to now', async () => {
  server()
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
  server()
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

test('what happens is shown as it happens, and waits while somebody reads', async () => {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  const { log } = server()
  page()
  await steps()
  const { events } = follow.mock.calls[0]![0]
  const happen = (position: number, text: string) => {
    log.push(seen(position, 'trajectory.message_emitted', { text: said(text) }))
    // The socket knows that it was; its words are sealed there.
    events!([seen(position, 'trajectory.message_emitted', { text: { in: 'event', sealed: 'c2VhbGVk' } })], position)
  }
  act(() => happen(70, 'Something new'))
  expect(await screen.findByText('Something new')).toBeTruthy()

  const scroller = screen.getByRole('region', { name: 'What happened' })
  Object.defineProperty(scroller, 'scrollHeight', { configurable: true, value: 5_000 })
  const scrollTo = (top: number) => {
    scroller.scrollTop = top
    fireEvent.scroll(scroller)
  }
  scrollTo(4_300)
  scrollTo(100)
  expect(screen.getByRole('button', { name: /^Paused/ })).toBeTruthy()
  act(() => happen(71, 'Something newer'))
  expect((await screen.findByRole('button', { name: /^Paused, 1 new/ }))).toBeTruthy()
  expect(screen.queryByText('Something newer')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: /^Paused/ }))
  expect(screen.queryByRole('button', { name: /^Paused/ })).toBeNull()
  follow.mockRestore()
})
