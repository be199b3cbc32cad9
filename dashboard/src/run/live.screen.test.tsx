/** A run while the socket speaks, while it may not, and when the server is another one. */
import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { live } from '../live'
import { show } from '../testing/render'
import { PROJECT, RUN, runServer, said, seen } from '../testing/runs'
import { RunPage } from './RunPage'

afterEach(() => {
  live.status.setState({ link: 'off' })
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** What the page follows, as soon as it does. */
function followed() {
  const follow = vi.spyOn(live, 'follow').mockReturnValue(() => {})
  return () => follow.mock.calls.map(([what]) => what).find(({ topic }) => topic.kind === 'log' && topic.types?.includes('run.started'))!
}
const page = () => show(<RunPage project={PROJECT} id={RUN} />, `/p/${PROJECT}/runs/${RUN}`)
const steps = () => screen.findByRole('list', { name: /^Steps/ })

test('what happens is shown as it happens, and waits while somebody reads', async () => {
  const follow = followed()
  // Without the socket it would be asked for every five seconds all the same.
  live.status.setState({ link: 'live' })
  const { log } = runServer()
  page()
  await steps()
  const { events } = follow()
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
})

test('what may not be followed is asked for again and again', async () => {
  const follow = followed()
  live.status.setState({ link: 'live' })
  const { log } = runServer()
  page()
  await steps()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  act(() => follow().refused!('You may not read the log.'))
  log.push(seen(70, 'trajectory.message_emitted', { text: said('Something new') }))
  act(() => void vi.advanceTimersByTime(5_000))
  vi.useRealTimers()
  expect(await screen.findByText('Something new')).toBeTruthy()
})

test('of another server all is read anew', async () => {
  const follow = followed()
  const { log } = runServer()
  page()
  await steps()
  expect(screen.getByText('exit 1')).toBeTruthy()
  log.splice(0, log.length, seen(7, 'trajectory.message_emitted', { text: said('Another log') }))
  await act(() => follow().read(true))
  expect(await screen.findByText('Another log')).toBeTruthy()
  expect(screen.queryByText('exit 1')).toBeNull()
})
