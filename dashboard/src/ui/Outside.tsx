/** A link out of here, whose text was written by somebody else. The host is shown, so that nobody is led astray. */
export function Outside({ href, children }: { href: string; children: string }) {
  const address = safeAddress(href)
  if (!address) return <span className="said">{children}</span>
  return (
    <a href={address.href} rel="noopener noreferrer nofollow" target="_blank" className="underline">
      {children} <span className="text-ink-3">({address.host})</span>
    </a>
  )
}

/** Only the web: `javascript:` and its like are words, not links. */
export function safeAddress(href: string): URL | null {
  try {
    const address = new URL(href)
    return address.protocol === 'https:' || address.protocol === 'http:' ? address : null
  } catch {
    return null
  }
}
