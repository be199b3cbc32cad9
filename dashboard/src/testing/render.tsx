/** Draws a part of the page with all that it stands in: routes, cache, and a server that answers what a test says. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import axe from 'axe-core'
import type { ReactNode } from 'react'
import { vi } from 'vitest'

const PLACES = [
  '/',
  '/log',
  '/now',
  '/build',
  '/p/$project',
  '/p/$project/board',
  '/p/$project/specs/$spec',
  '/p/$project/log',
  '/p/$project/t/$ticket',
  '/p/$project/runs',
  '/p/$project/runs/$run',
  '/p/$project/merges',
  '/agents',
  '/organization',
]

/** Pages that stand alone: whatever leads there is gone. */
const ALONE = ['/sign-in', '/register', '/register/sent', '/forgot']

/** At an address, if it matters; `router` says where it went, `queries` what is known. */
export function show(part: ReactNode, at = '/') {
  const root = createRootRoute({ component: Outlet })
  const routes = [...PLACES, ...ALONE].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => (ALONE.includes(path) && path !== at ? null : part) }),
  )
  const router = createRouter({ routeTree: root.addChildren(routes), history: createMemoryHistory({ initialEntries: [at] }) })
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const drawn = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  )
  return { ...drawn, router, queries }
}

export interface Asked {
  method: string
  path: string
  search: URLSearchParams
  headers: Headers
  body: unknown
}

/** Without a body it is a 204. */
type Answer = { status?: number; body?: unknown; headers?: Record<string, string> }

/** Answers each request by `method path`, or says that there is no such thing. */
export function serve(answers: Record<string, Answer | ((asked: Asked) => Answer | Promise<Answer>)>): Asked[] {
  const all: Asked[] = []
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, location.href), init)
    const text = await request.text()
    const { pathname, searchParams } = new URL(request.url)
    const asked = { method: request.method, path: pathname, search: searchParams, headers: request.headers, body: text ? JSON.parse(text) : null }
    all.push(asked)
    const given = answers[`${asked.method} ${asked.path}`]
    const { body, status = body === undefined ? 204 : 200, headers } = typeof given === 'function' ? await given(asked) : (given ?? { status: 404, body: problem(404, 'not_found', 'it does not exist') })
    if (status === 204) return new Response(null, { status, headers: headers ?? {} })
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': type, ...headers } })
  })
  return all
}

export const problem = (status: number, code: string, detail: string) => ({ type: `urn:omoi:problem:${code}`, title: code, status, code, detail })

/** What axe finds, in words. Contrast needs pixels, so the tokens' own test reckons it. */
export async function faults(element: Element): Promise<string[]> {
  const { violations } = await axe.run(element, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'color-contrast': { enabled: false } },
  })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
