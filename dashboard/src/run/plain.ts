/** What programs write to a terminal, as text that shows everything. Pure. */
import { visible } from '../ui/visible'

// Colours and weights of a terminal say nothing here: colour is for state. All other sequences stay, written out.
const STYLE = /\u001b\[[0-9;:]*m/g
const BACK_TO_THE_START = /\r\n|\r/g

export function plain(text: string): string {
  return visible(text.replace(STYLE, '').replace(BACK_TO_THE_START, '\n'))
}

/** Which end of something long is worth the most: the end of what a command wrote, the beginning of all else. */
export type End = 'first' | 'last'

export interface Cut {
  text: string
  /** Lines that are not in it. */
  left: number
}

/** More characters in a line than this are not read by anybody. */
const WIDE = 2_000

/** At most so many lines of it, and none that is too wide. */
export function cut(text: string, most: number, end: End): Cut {
  const lines = text.replace(/\n+$/, '').split('\n')
  const kept = lines.length <= most ? lines : end === 'first' ? lines.slice(0, most) : lines.slice(-most)
  return { text: kept.map(narrowed).join('\n'), left: lines.length - kept.length }
}

const narrowed = (line: string): string =>
  line.length <= WIDE ? line : `${line.slice(0, WIDE)} … ${(line.length - WIDE).toLocaleString('en')} more characters`
