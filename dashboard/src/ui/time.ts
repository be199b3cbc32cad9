/** Times for people: exact where it matters, short where it stands beside others. */

const two = (n: number): string => String(n).padStart(2, '0')

/** "14:02:31.204", in the time of the reader. */
export function clock(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** "2026-11-23 14:02:31", in the time of the reader. */
export function day(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(at).slice(0, 8)}`
}

const STEPS: readonly (readonly [number, string])[] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [86_400 * 30, 'day'],
]

/** "3 minutes ago"; the date when it is longer than a month. */
export function ago(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000))
  if (Number.isNaN(seconds)) return at
  if (seconds < 5) return 'just now'
  let unit = 1
  for (const [most, word] of STEPS) {
    if (seconds < most) {
      const count = Math.floor(seconds / unit)
      return `${count} ${word}${count === 1 ? '' : 's'} ago`
    }
    unit = most
  }
  return day(at).slice(0, 10)
}
