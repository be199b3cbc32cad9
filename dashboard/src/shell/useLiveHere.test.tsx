import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderHook, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { membersQuery, meQuery } from '../api/identity'
import type { Follow } from '../live/following'
import { become, session } from '../session/session'
import { event } from '../testing/events'
import { ACME, beHere, beNobody, GLOBEX, meAs, signedInAs } from '../testing/people'
import { serve } from '../testing/render'
import { notices } from './notices'
import { useLiveHere } from './useLiveHere'

const followed = vi.hoisted(() => ({ last: null as unknown }))
vi.mock('../live', () => ({
  live: {
    follow(follow: unknown) {
      followed.last = follow
      return () => {}
    },
  },
}))

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

function follow() {
  const queries = new QueryClient()
  renderHook(() => useLiveHere(), {
    wrapper: ({ children }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>,
  })
  return { queries, ...(followed.last as Required<Pick<Follow, 'events'>>) }
}

const changed = { ...event({ position: 9 }), aggregate_type: 'organization', type: 'organization.member_role_changed' }

test('a role that somebody else changed is what one has, as of that change', async () => {
  beHere('member')
  const asked = serve({ 'GET /api/v1/auth/me': { body: meAs('viewer') } })
  const { queries, events } = follow()
  queries.setQueryData(membersQuery(ACME.id).queryKey, [])
  events([changed], 9)
  await waitFor(() => expect(session.getState()).toMatchObject({ organization: { role: 'viewer' } }))
  expect(asked[0]?.headers.get('omoi-min-position')).toBe('9')
  await waitFor(() => expect(queries.getQueryState(membersQuery(ACME.id).queryKey)?.isInvalidated).toBe(true))
})

test('who was removed reads it', async () => {
  beHere('member')
  serve({ 'GET /api/v1/auth/me': { body: { ...meAs('member'), organization: null, organizations: [], permissions: [] } } })
  follow().events([{ ...changed, type: 'organization.member_removed' }], 9)
  await waitFor(() => expect(notices.getState().shown.map(({ text }) => text)).toEqual(['You are no longer in Acme.']))
  expect(session.getState()).toMatchObject({ state: 'person', organization: null })
  notices.setState({ shown: [] })
})

test('an answer about where one was changes nothing where one is', async () => {
  beHere('member')
  const asked = serve({
    'GET /api/v1/auth/me': () => {
      become({ state: 'person', bearer: 'token-2', ...signedInAs({ organization: GLOBEX }) })
      return { body: meAs('viewer') }
    },
  })
  const { queries, events } = follow()
  events([changed], 9)
  await waitFor(() => expect(asked).toHaveLength(1))
  // Until all that follows from the answer has followed.
  await vi.dynamicImportSettled()
  await new Promise((resolve) => setTimeout(resolve))
  expect(session.getState()).toMatchObject({ organization: { name: 'Globex', role: 'member' } })
  expect(queries.getQueryData(meQuery().queryKey)).toBeUndefined()
})

test('what happens to projects asks nobody who one is, and neither does a key', async () => {
  beHere('member')
  const asked = serve({})
  const { events } = follow()
  events([{ ...event({ position: 7 }), aggregate_type: 'project', type: 'project.renamed' }], 7)
  beNobody()
  events([changed], 9)
  await vi.dynamicImportSettled()
  expect(asked).toEqual([])
})
