/** The files of a plan, read in the browser and held to what the server takes: nothing is sent that it would refuse unread. */
import type { PlanFile, PlanProblem } from '../api/types'

/** What the server and the command line take of one file. */
export const MOST_BYTES = 1024 * 1024

/** A file that somebody chose, with its place in the folder that was chosen or dropped. */
export interface Chosen {
  path: string
  file: File
}

export interface Plan {
  files: PlanFile[]
  problems: PlanProblem[]
}

/** Only Markdown beside each other: a folder in the folder is another matter, as for `omoi spec submit --import`. */
export async function planOf(chosen: readonly Chosen[]): Promise<Plan> {
  const markdown = ofOneFolder(chosen.filter(({ path }) => /\.md$/i.test(path)))
  if (markdown.length === 0) {
    const message =
      'There is no Markdown in it; a plan is a folder with requirements.md and tasks.md (Kiro), with spec.md and tasks.md (spec-kit), or one file of our own layout.'
    return { files: [], problems: [{ code: 'not_a_plan', message }] }
  }
  const files: PlanFile[] = []
  const problems: PlanProblem[] = []
  for (const { path, file } of markdown.toSorted((a, b) => a.path.localeCompare(b.path, 'en'))) {
    const read = await textOf(path.split('/').at(-1)!, file)
    if (typeof read === 'string') files.push({ path, text: read })
    else problems.push(read)
  }
  return { files, problems }
}

function ofOneFolder(chosen: readonly Chosen[]): Chosen[] {
  const depth = (path: string): number => path.split('/').length
  const top = Math.min(...chosen.map(({ path }) => depth(path)))
  return chosen.filter(({ path }) => depth(path) === top)
}

async function textOf(name: string, file: File): Promise<string | PlanProblem> {
  if (file.size > MOST_BYTES) {
    return { code: 'too_large', file: name, line: 1, message: `It has ${file.size} bytes; a file of a plan has at most ${MOST_BYTES}.` }
  }
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await file.arrayBuffer())
  } catch {
    return { code: 'unreadable', file: name, message: 'It cannot be read. Choose it again.' }
  }
  try {
    return decode(bytes)
  } catch {
    const line = 1 + bytes.subarray(0, validUpTo(bytes)).filter((byte) => byte === 0x0a).length
    return { code: 'not_utf8', file: name, line, message: `It is no UTF-8 text from line ${line} on: save it as UTF-8.` }
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)

/** How many bytes from the beginning are whole characters: found by halving, as only whole texts can be asked about. */
function validUpTo(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (begins(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return good
}

/** Could it go on as UTF-8? A character may be cut at the end. */
function begins(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** What was dropped: files, and the files that lie in dropped folders. */
export async function dropped(items: DataTransferItemList): Promise<Chosen[]> {
  // All entries at once: the list is emptied when the event ends.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  return (await Promise.all(entries.map((entry) => filesOf(entry, true)))).flat()
}

async function filesOf(entry: FileSystemEntry, outermost: boolean): Promise<Chosen[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  if (!outermost) return []
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const all: FileSystemEntry[] = []
  // A browser hands them out in portions, and an empty one at the end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) break
    all.push(...portion)
  }
  return (await Promise.all(all.map((one) => filesOf(one, false)))).flat()
}

/** What was chosen in a field. */
export const picked = (list: FileList): Chosen[] => [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
