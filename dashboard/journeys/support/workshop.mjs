// A project with a repository, whose tasks a script does: a file of moves, without a model. As the api's tests have it.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { accessSync, constants, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** What the repository begins with: a function that is wrong, and a check that says so. */
const FILES = {
  'calc.sh': 'add() { echo $(($1 - $2)); }\n',
  'tests/calc_test.sh': '. ./calc.sh\ntest "$(add 2 3)" = 5\n',
  'check.sh': 'set -e\nsh tests/calc_test.sh\n',
}

export class Workshop {
  /** Its project and its one ticket. */
  project
  ticket
  #server
  #repository

  static async open(server) {
    const workshop = new Workshop()
    workshop.#server = server
    const repository = realpathSync(await mkdtemp(join(tmpdir(), 'omoi-workshop-')))
    workshop.#repository = repository
    for (const [path, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(repository, path)), { recursive: true })
      await writeFile(join(repository, path), content)
    }
    await git(repository, 'init', '--quiet', '--initial-branch=main', '.')
    await git(repository, 'add', '--all')
    await git(repository, 'commit', '--quiet', '--message=Begin')

    workshop.project = (await server.post('/projects', { name: 'Calc' })).id
    await server.put(`/projects/${workshop.project}/repository`, { url: repository })
    const settings = { agent: { kind: 'profile', name: 'scripted' }, verify: ['sh check.sh'] }
    await server.post(`/projects/${workshop.project}/settings`, settings)
    workshop.ticket = (await server.post(`/projects/${workshop.project}/tickets`, { title: 'Calculate', phase: 'implementation' })).id
    return workshop
  }

  /** A task that a script does. */
  task(title, ...moves) {
    return this.#server.post(`/tickets/${this.ticket}/tasks`, { title, run: JSON.stringify({ moves }) })
  }

  /** What git says of the repository. */
  async git(...args) {
    return (await git(this.#repository, ...args)).trim()
  }

  close() {
    return rm(this.#repository, { recursive: true, force: true })
  }
}

async function git(directory, ...args) {
  // Nobody's own settings, such as signing, and a name whether or not the machine has one.
  const env = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', `safe.directory=${directory}`]
  return (await promisify(execFile)('git', [...who, ...args], { cwd: directory, env })).stdout
}

/** Why no run can be had here: `skip` of a journey. Where sandboxes are required it is walked, and fails. */
export function withoutSandboxes({ PATH = '', REQUIRE_SANDBOX } = process.env) {
  const there = PATH.split(delimiter).some((folder) => isProgram(join(folder, 'bwrap')))
  return there || REQUIRE_SANDBOX === '1' ? false : 'there is no bubblewrap on this machine'
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
