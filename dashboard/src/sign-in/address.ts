/** The mail address that somebody wrote on one of these pages, for the next one. In memory only. */
let written = ''

export const writtenAddress = (): string => written

export function keepAddress(address: string): string {
  written = address
  return address
}

/** What is wrong with an address, as far as one can see: whether mail arrives there, only mail can tell. */
export function faultOfAddress(address: string): string | null {
  if (!address) return 'Write your mail address.'
  return /^[^\s@]+@[^\s@]+$/.test(address) ? null : 'This is no mail address: it needs something on both sides of one @.'
}
