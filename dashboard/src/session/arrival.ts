/**
 * What came in the address and must not stay there: the tokens of links in mails, and what a provider sends back. Loaded
 * before everything else, so that no request, no history and no reload has them. They are never written anywhere.
 */

const PATHS = ['/verify', '/reset', '/invitation', '/welcome']
/** A page for each provider. */
const BACK = '/sign-in/oauth/'

const takes = (path: string) => PATHS.includes(path) || path.startsWith(BACK)

const path = globalThis.location?.pathname.replace(/\/$/, '')
let came: URLSearchParams | null = null

if (path && takes(path)) {
  // Links in letters have the token behind a `#`: what stands there is sent to no server by itself. Providers answer with `?`.
  came = new URLSearchParams(location.search)
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) came.set(name, value)
  history.replaceState(history.state, '', path)
}

// Another link, opened in the place of this page: the browser only changes what stands behind the `#`. It begins anew.
globalThis.addEventListener?.('hashchange', () => {
  if (takes(location.pathname.replace(/\/$/, '')) && location.hash.length > 1) location.reload()
})

/** What came to this page. It stays until it is forgotten: somebody may sign in before it is used. */
export function arrivedAt(page: string): URLSearchParams {
  return (page === path && came) || new URLSearchParams()
}

/** It was used. */
export function forgetArrival(): void {
  came = null
}
