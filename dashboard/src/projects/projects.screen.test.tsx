import { screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { beHere, beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { ProjectsPage } from './ProjectsPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const READ = 'GET /api/v1/projects'
const none = { [READ]: { body: { position: 1, projects: [], next: null } } }

test('without a project there is a command, a button, and the way to a build', async () => {
  beHere('member')
  serve(none)
  const { container } = show(<ProjectsPage />)
  expect(await screen.findByRole('heading', { name: 'No project yet' })).toBeTruthy()
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['New project'])
  expect((screen.getByRole('link', { name: 'New build' }) as HTMLAnchorElement).pathname).toBe('/build')
  expect(container.textContent).toContain('omoi project create')
  expect(await faults(container)).toEqual([])
})

test('who may only look is offered nothing that would be refused', async () => {
  beHere('viewer')
  serve(none)
  const { container } = show(<ProjectsPage />)
  expect(await screen.findByText('You are a viewer in Acme: you can look, and change nothing.')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
  expect(screen.queryByRole('link', { name: 'New build' })).toBeNull()
  expect(container.textContent).not.toContain('omoi project create')
  expect(await faults(container)).toEqual([])
})

test('what cannot be read says why, and reads again', async () => {
  serve({ [READ]: { status: 403, body: problem(403, 'forbidden', 'this key may not read projects') } })
  show(<ProjectsPage />)
  expect((await screen.findByRole('alert')).textContent).toContain('This key may not read projects.')
  expect(screen.getByRole('button', { name: 'Read again' })).toBeTruthy()
})
