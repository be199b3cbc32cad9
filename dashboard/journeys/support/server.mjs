// A real `omoi up` in a directory of its own, and its operator: started, killed as hard as it goes, started again.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// What it fetches and unpacks the first time included, on a slow machine.
const READY_WITHIN_MS = 120_000

export class Server {
  url = ''
  key = ''
  #directory
  #child = null

  static async start() {
    const server = new Server()
    server.#directory = await mkdtemp(join(tmpdir(), 'omoi-journey-'))
    try {
      await server.#up('127.0.0.1:0')
      server.key = (await readFile(join(server.#data, 'operator.key'), 'utf8')).trim()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** As a power cut ends it: nothing is finished, nobody is told. */
  async kill() {
    const child = this.#child
    // One that never came to life has no number.
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** At the address that it had, with the data that it had. */
  async startAgain() {
    await this.#up(new URL(this.url).host)
  }

  /** Ends it and takes all of it away. */
  async stop() {
    await this.kill()
    // What root's children keep outside the data directory.
    const home = (await readFile(join(this.#data, 'home'), 'utf8').catch(() => '')).trim()
    // They end a moment after it, and may still write meanwhile.
    const all = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }
    if (home) await rm(home, all)
    await rm(this.#directory, all)
  }

  get(path) {
    return this.#ask('GET', path)
  }

  /** The same `wish` twice is one wish. */
  post(path, body = {}, wish = randomUUID()) {
    return this.#ask('POST', path, body, wish)
  }

  put(path, body) {
    return this.#ask('PUT', path, body, randomUUID())
  }

  /** The board as of that position, or later. */
  board(project, position) {
    return this.get(`/projects/${project}/board?min_position=${position}`)
  }

  get #data() {
    return join(this.#directory, 'data')
  }

  async #up(listen) {
    const program = process.env.OMOI_BIN
    if (!program) throw new Error('OMOI_BIN names no program to walk through; `cargo xtask journeys` builds one')
    const path = join(this.#directory, 'omoi.log')
    const log = await open(path, 'a')
    const child = spawn(program, ['up', '--json', '--listen', listen, '--data-dir', this.#data], {
      env: withoutSettings(process.env),
      stdio: ['ignore', 'pipe', log.fd],
    })
    this.#child = child
    process.once('exit', () => child.kill('SIGKILL'))
    try {
      this.url = JSON.parse(await firstLine(child)).url
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`omoi up did not get ready\n${await readFile(path, 'utf8')}`, { cause: error })
    } finally {
      await log.close()
    }
  }

  async #ask(method, path, body, wish) {
    const sent = body && { 'content-type': 'application/json', 'idempotency-key': wish }
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...sent },
      body: body && JSON.stringify(body),
    })
    const said = await answer.json()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said.code}: ${said.detail}`)
    return said
  }
}

/** The line that says that it is ready. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)))
    setTimeout(() => reject(new Error(`not within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS).unref()
  })
}

/** Whoever runs the journeys may have settings; the journeys have none. */
function withoutSettings(environment) {
  const kept = ([name]) => name === 'OMOI_CACHE_DIR' || !/^(OMOI|DATABASE|NATS)_/.test(name)
  return Object.fromEntries(Object.entries(environment).filter(kept))
}
