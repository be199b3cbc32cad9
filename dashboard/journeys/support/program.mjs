// The program that the journeys walk through, as a child: without the settings of whoever runs them.
import { createInterface } from 'node:readline'

export function program() {
  const named = process.env.OMOI_BIN
  if (named) return named
  throw new Error('OMOI_BIN names no program to walk through; `cargo xtask journeys` builds one')
}

/** Whoever runs the journeys may have settings; the journeys have those that they ask for. */
export function settings(asked = {}) {
  const kept = ([name]) => name === 'OMOI_CACHE_DIR' || !/^(OMOI|DATABASE|NATS|ANTHROPIC|OPENAI)_/.test(name)
  return { ...Object.fromEntries(Object.entries(process.env).filter(kept)), ...asked }
}

/** What `find` finds in the lines that it says, as soon as it finds something. */
export function said(child, find, within) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      try {
        const found = find(line)
        if (found) resolve(found)
      } catch (error) {
        reject(error)
      }
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)))
    setTimeout(() => reject(new Error(`not within ${within} ms`)), within).unref()
  })
}
