import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { faults, problem, serve, show } from '../testing/render'
import { KeyGate } from './KeyGate'
import { session } from './session'

afterEach(() => {
  session.getState().forget()
  vi.unstubAllGlobals()
})

async function paste(key: string) {
  fireEvent.change(await screen.findByLabelText('Key'), { target: { value: key } })
  fireEvent.click(screen.getByRole('button', { name: 'Open' }))
}

test('nothing is shown without a key, and a wrong one says so', async () => {
  serve({ 'GET /api/v1/projects': { status: 401, body: problem(401, 'unauthenticated', 'there is no API key') } })
  const { container } = show(<KeyGate>the pages</KeyGate>)
  await paste('wrong')
  // The place for the answer is there before the answer is.
  const refused = 'This key opens nothing here. Paste another one.'
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe(refused))
  expect(screen.queryByText('the pages')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('the right key opens the pages and is kept nowhere else', async () => {
  const asked = serve({ 'GET /api/v1/projects': { body: { position: 1, projects: [], next: null } } })
  show(<KeyGate>the pages</KeyGate>)
  await paste(' omoi_secret ')
  expect(await screen.findByText('the pages')).toBeTruthy()
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer omoi_secret')
  expect(JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href).not.toContain('omoi_secret')
})

test('a key that is taken away asks again, and says why', async () => {
  serve({ 'GET /api/v1/projects': { body: { position: 1, projects: [], next: null } } })
  show(<KeyGate>the pages</KeyGate>)
  await paste('omoi_secret')
  await screen.findByText('the pages')
  session.getState().forget('This key opens nothing any more. Paste another one.')
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('nothing any more'))
})
