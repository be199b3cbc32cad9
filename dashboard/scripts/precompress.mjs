// Writes a .br and a .gz beside each file of dist that gains by it; the server sends what the browser accepts.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const TEXT = /\.(html|js|css|svg|json|txt|map)$/
// A page of the network: below it, nothing is won by being smaller.
const LEAST_BYTES = 1400

const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

let files = 0
let before = 0
let after = 0
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name)
  if (/\.(br|gz)$/.test(path)) await rm(path)
}
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name)
  // The manifest is for scripts/sizes.mjs; no browser asks for it.
  if (!entry.isFile() || !TEXT.test(path) || path.includes('.vite')) continue
  const bytes = await readFile(path)
  if (bytes.length < LEAST_BYTES) continue
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_QUALITY]: 11 }
  const small = await brotli(bytes, { params: size })
  await Promise.all([writeFile(`${path}.br`, small), writeFile(`${path}.gz`, await gz(bytes, { level: 9 }))])
  files += 1
  before += bytes.length
  after += small.length
}
console.log(`precompressed ${files} files: ${before} bytes, ${after} with brotli`)
