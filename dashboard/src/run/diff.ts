/** A unified diff as lines that can be drawn. Pure: the diff was made of files that agents wrote. */

export type LineKind = 'added' | 'removed' | 'same' | 'place' | 'about'

export interface DiffLine {
  kind: LineKind
  /** Without the sign. */
  text: string
}

/** Before the first place stands what the diff is about, and a line there may begin with anything. */
export function linesOf(diff: string): DiffLine[] {
  const lines: DiffLine[] = []
  let inside = false
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('@@')) inside = true
    if (!inside) {
      if (!/^(diff |index |--- |\+\+\+ |new file|deleted file|old mode|new mode|similarity|rename )/.test(line)) lines.push({ kind: 'about', text: line })
      continue
    }
    lines.push(lineOf(line))
  }
  return lines
}

function lineOf(line: string): DiffLine {
  switch (line[0]) {
    case '@':
      return { kind: 'place', text: line }
    case '+':
      return { kind: 'added', text: line.slice(1) }
    case '-':
      return { kind: 'removed', text: line.slice(1) }
    case '\\':
      return { kind: 'about', text: line.slice(1).trim() }
    default:
      return { kind: 'same', text: line.slice(1) }
  }
}
