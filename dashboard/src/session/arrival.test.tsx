import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  history.replaceState(null, '', '/')
  vi.unstubAllGlobals()
})

/** The page is loaded at an address. */
async function load(address: string) {
  history.replaceState(null, '', address)
  vi.resetModules()
  return import('./arrival')
}

const ADDRESSES = ['/verify', '/reset', '/invitation', '/welcome'].flatMap((path) => [
  [path, '?'],
  [path, '#'],
])

test.each(ADDRESSES)('a token at %s%s is read once and leaves the address', async (path, sign) => {
  const fetch = vi.fn()
  vi.stubGlobal('fetch', fetch)
  const logged = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
  const { arrivedAt, forgetArrival } = await load(`${path}${sign}token=s3cret`)
  expect(location.href).not.toContain('s3cret')
  expect(arrivedAt(path).get('token')).toBe('s3cret')
  expect(arrivedAt('/other').get('token')).toBeNull()
  forgetArrival()
  expect(arrivedAt(path).get('token')).toBeNull()
  expect(fetch).not.toHaveBeenCalled()
  for (const level of logged) expect(level).not.toHaveBeenCalled()
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('s3cret')
})

test('what a provider sends back leaves the address too', async () => {
  const { arrivedAt } = await load('/sign-in/oauth/acme?code=c0de&state=st&iss=https%3A%2F%2Fid.example')
  expect(location.search).toBe('')
  expect(Object.fromEntries(arrivedAt('/sign-in/oauth/acme'))).toEqual({ code: 'c0de', state: 'st', iss: 'https://id.example' })
})

test('another link in the place of this page begins anew; what else changes behind the sign does not', async () => {
  const listened = vi.spyOn(globalThis, 'addEventListener')
  await load('/verify#token=s3cret')
  const changed = listened.mock.calls.find(([type]) => type === 'hashchange')?.[1] as () => void
  const reload = vi.fn()
  vi.stubGlobal('location', { ...location, pathname: '/verify', hash: '#token=an0ther', reload })
  changed()
  expect(reload).toHaveBeenCalledTimes(1)
  vi.stubGlobal('location', { ...location, pathname: '/log', hash: '#page', reload })
  changed()
  expect(reload).toHaveBeenCalledTimes(1)
})

test('the search of other pages stays', async () => {
  await load('/log?at=7')
  expect(location.search).toBe('?at=7')
})

test('it is the first thing that the page loads', () => {
  const main = readFileSync('src/main.tsx', 'utf8')
  expect(/^import .*$/m.exec(main)?.[0]).toBe("import './session/arrival'")
})
