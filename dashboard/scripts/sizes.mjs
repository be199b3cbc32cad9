// Prints what a browser loads, gzipped, and fails when the first page costs too much; with `--json`, the bytes of the first.
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const MOST = 130_000
const CHUNKS = { board: 25 * 1024, 'runs.$run': 60 * 1024 }
const DRAWING = 'src/spec/draw.ts'
const MOST_OF_DIAGRAMS = 350_000

const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'))
const gz = async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`

function withImports(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key]?.imports ?? []) withImports(next, seen)
  return seen
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const first = withImports(entry)
const firstFiles = [...first].map((key) => manifest[key].file)
const styles = new Set([...first].flatMap((key) => manifest[key].css ?? []))

let js = 0
for (const file of firstFiles) js += await gz(file)
let css = 0
for (const file of styles) css += await gz(file)
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ js, css }))
  process.exit(0)
}
console.log(`initial JS   ${kib(js)} gz in ${firstFiles.length} files (at most ${kib(MOST)})`)
console.log(`initial CSS  ${kib(css)} gz`)

let failed = js > MOST
for (const [key, chunk] of Object.entries(manifest)) {
  // What draws diagrams loads its kinds by itself; all of them together have a limit below.
  if (!chunk.isDynamicEntry || key.includes('/mermaid/') || key.endsWith('absent-diagram')) continue
  let bytes = 0
  for (const part of withImports(key)) if (!first.has(part)) bytes += await gz(manifest[part].file)
  const name = key.replace(/^src\//, '').replace(/\?tsr-split=/, ' ')
  console.log(`  ${name.padEnd(46)} ${kib(bytes)} gz beyond the first`)
  for (const [part, most] of Object.entries(CHUNKS)) {
    if (!name.includes(`${part}.tsx component`) || bytes <= most) continue
    console.error(`the ${part} chunk may have ${kib(most)}`)
    failed = true
  }
}

const drawing = new Set()
for (const key of Object.keys(manifest)) {
  if (key === DRAWING || key.includes('/mermaid/')) for (const part of withImports(key)) if (!first.has(part)) drawing.add(manifest[part].file)
}
let diagrams = 0
for (const file of drawing) diagrams += await gz(file)
console.log(`all kinds of diagrams: ${kib(diagrams)} gz in ${drawing.size} files, loaded when there is one (at most ${kib(MOST_OF_DIAGRAMS)})`)
if (drawing.size === 0 || diagrams > MOST_OF_DIAGRAMS) {
  console.error('diagrams cost too much, or are not found; see onlyDesigns in vite.config.ts')
  failed = true
}
process.exit(failed ? 1 : 0)
