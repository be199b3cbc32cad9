/** JSON that somebody wrote: the object, or what is wrong with it and on which line. */
import type { Content } from './content'

export interface Parsed {
  content: Content | null
  fault: string | null
}

export function parsed(text: string): Parsed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { content: null, fault: `This is not JSON${lineOf(text, error)}: ${error instanceof Error ? error.message : 'it cannot be read'}.` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { content: null, fault: 'The output of a phase is an object: it begins with { and ends with }.' }
  }
  return { content: value as Content, fault: null }
}

/** Browsers say the place as an offset, as a line, or not at all. */
function lineOf(text: string, error: unknown): string {
  const said = error instanceof Error ? error.message : ''
  if (/\bline \d+/.test(said)) return ''
  const offset = /\bposition (\d+)/.exec(said)?.[1]
  if (offset === undefined) return ''
  return ` (line ${text.slice(0, Number(offset)).split('\n').length})`
}
