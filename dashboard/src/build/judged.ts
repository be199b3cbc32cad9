/**
 * Whether each task of a plan brings commands that judge it. The server reads plans; this only counts their tasks and checks, so
 * that nothing is made for work that nobody judges. Where it cannot tell, it says no: then a command is asked for. Pure.
 */
import type { PlanFile } from '../api/types'

const FENCE = /^\s*(`{3,}|~{3,})/
/** `### TKT-001: title`, and whatever else begins another part. */
const HEADING = /^#{1,4}\s/
const OF_DOCUMENT = /^#{3,4}\s+TSK-/
const FIELD = /^\s*[-*+]\s+Validate:\s*\S/i
/** `- [ ] 2.1 title` as Kiro writes it, `- [ ] T012 title` as spec-kit does. */
const BOX = /^\s*[-*+]\s+\[.\]\s*(?:\\?\*\s*)?(?:\*{0,2}(?<id>T\d+[a-z]*)\*{0,2}|(?<number>\d+(?:\.\d+)?)\.?\*?)(?=[\s:)]|$)/
const ITALIC = /^\s*(?:[-*+]\s+)?_Validate:\s*[^\s_].*_\s*$/i

export function bringsItsChecks(files: readonly PlanFile[]): boolean {
  const boxes = files.find(({ path }) => /(^|\/)tasks\.md$/i.test(path))
  const checked = boxes ? checkedBoxes(linesOf(boxes.text)) : files.flatMap(({ text }) => checkedHeadings(linesOf(text)))
  return checked.length > 0 && checked.every(Boolean)
}

/** Without what stands in blocks of code: that is somebody's example. */
function linesOf(text: string): string[] {
  let fence: string | null = null
  return text.split(/\r?\n/).filter((line) => {
    const mark = FENCE.exec(line)?.[1]
    if (fence) {
      if (mark?.startsWith(fence)) fence = null
      return false
    }
    fence = mark ?? null
    return !mark
  })
}

/** Of each task of a document, whether it has a check. */
function checkedHeadings(lines: readonly string[]): boolean[] {
  const checked: boolean[] = []
  let open = false
  for (const line of lines) {
    if (HEADING.test(line)) {
      open = OF_DOCUMENT.test(line)
      if (open) checked.push(false)
    } else if (open && FIELD.test(line)) checked[checked.length - 1] = true
  }
  return checked
}

/** Of each task of a list. A ticket of Kiro is its own task as long as it has none. */
function checkedBoxes(lines: readonly string[]): boolean[] {
  const tasks: { id: string; checked: boolean }[] = []
  for (const line of lines) {
    const found = BOX.exec(line)?.groups
    if (found) tasks.push({ id: found['id'] ?? found['number']!, checked: false })
    else if (ITALIC.test(line) && tasks.length > 0) tasks.at(-1)!.checked = true
  }
  const isTicket = (id: string) => tasks.some((other) => other.id.startsWith(`${id}.`))
  return tasks.filter(({ id }) => !isTicket(id)).map(({ checked }) => checked)
}
