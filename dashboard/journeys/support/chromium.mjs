// Which Chromium the journeys look through: the one that OMOI_CHROMIUM names, else the machine's own. None is fetched: a
// browser comes with the system's packages, or somebody has it already. Run by itself this prints where it is.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Throws when there is none, and says how to get one. */
export function findChromium({ OMOI_CHROMIUM: named, PATH = '' } = process.env) {
  if (named) {
    if (isProgram(named)) return named
    throw new Error(`OMOI_CHROMIUM names ${named}, which is no program`)
  }
  const folders = PATH.split(delimiter).filter(Boolean)
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  if (found) return found
  throw new Error(
    `The journeys need Chromium (${NAMES.join(', ')} in PATH).\n` +
      '  Debian and Ubuntu: apt-get install chromium (with sudo, unless you are root); elsewhere the package of that name.\n' +
      '  If it is somewhere else, name it: OMOI_CHROMIUM=/path/to/chromium',
  )
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(findChromium())
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
