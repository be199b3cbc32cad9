/** Where somebody wanted to go who has to sign in first. */

const NAME = 'omoi.back'

/** An address of these pages, whatever the address bar said; never one of somebody else. */
export function safeBack(to: string | undefined): string {
  if (!to?.startsWith('/')) return '/'
  try {
    const { origin, pathname, search } = new URL(to, location.origin)
    const back = `${pathname}${search}`
    return origin === location.origin && !back.startsWith('//') && !pathname.startsWith('/sign-in') ? back : '/'
  } catch {
    return '/'
  }
}

/** Keeps it for this tab while a provider has the page. It is an address and no secret. */
export function keepBack(to: string): void {
  try {
    sessionStorage.setItem(NAME, to)
  } catch {
    // Forbidden: the way then ends at the projects.
  }
}

export function takeBack(): string {
  try {
    const kept = sessionStorage.getItem(NAME)
    sessionStorage.removeItem(NAME)
    return safeBack(kept ?? undefined)
  } catch {
    return '/'
  }
}
