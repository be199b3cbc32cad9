import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useState } from 'react'
import { beHere, GLOBEX, signedInAs } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { Gate } from './Gate'
import { signedIn } from './renew'
import { become, leave, session } from './session'

const REFRESH = 'POST /api/v1/auth/refresh'

beforeEach(() => become({ state: 'unknown' }))
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

test('a session of the browser opens the pages', async () => {
  const asked = serve({ [REFRESH]: { body: signedInAs() } })
  show(<Gate>the pages</Gate>)
  expect(await screen.findByText('the pages')).toBeTruthy()
  expect(asked.map(({ path, headers }) => [path, headers.get('x-omoi-csrf')])).toEqual([['/api/v1/auth/refresh', '1']])
})

test('nobody is sent to sign in, with the way back', async () => {
  serve({ [REFRESH]: { status: 401, body: problem(401, 'invalid_token', 'no') } })
  const { router } = show(<Gate>the pages</Gate>, '/p/1/t/2?x=3')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
  expect(router.state.location.search).toEqual({ to: '/p/1/t/2?x=3' })
  expect(screen.queryByText('the pages')).toBeNull()
})

test('a server without sessions is asked for a key', async () => {
  serve({})
  const { router } = show(<Gate>the pages</Gate>)
  await waitFor(() => expect(router.state.location.href).toBe('/sign-in'))
})

test('while it cannot be known it says why, and asks again', async () => {
  let up = false
  serve({ [REFRESH]: () => (up ? { body: signedInAs() } : { status: 503, body: problem(503, 'database_down', 'the database does not answer') }) })
  const { container } = show(<Gate>the pages</Gate>)
  expect((await screen.findByRole('alert')).textContent).toContain('The database does not answer.')
  expect(await faults(container)).toEqual([])
  up = true
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('the pages')).toBeTruthy()
})

test('a session that ends takes the pages away', async () => {
  beHere()
  const { router } = show(<Gate>the pages</Gate>, '/log')
  await screen.findByText('the pages')
  leave('Your session has ended.')
  await waitFor(() => expect(router.state.location.href).toBe('/sign-in?to=%2Flog'))
  expect(screen.queryByText('the pages')).toBeNull()
})

test('another organization begins anew, another token does not', async () => {
  let mounts = 0
  function Page() {
    const [mine] = useState(() => ++mounts)
    return <p>page {mine}</p>
  }
  beHere()
  show(
    <Gate>
      <Page />
    </Gate>,
  )
  const first = (await screen.findByText(/^page/)).textContent
  signedIn(signedInAs({ access_token: 'token-2' }))
  expect(screen.getByText(/^page/).textContent).toBe(first)
  signedIn(signedInAs({ organization: GLOBEX }))
  await waitFor(() => expect(screen.getByText(/^page/).textContent).not.toBe(first))
  expect(session.getState().state).toBe('person')
})
