// A real `omoi up` in a directory of its own, and its operator: started, killed as hard as it goes, started again.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from './client.mjs'
import { program, said, settings } from './program.mjs'

// What it fetches and unpacks the first time included, on a slow machine.
const READY_WITHIN_MS = 120_000

export class Server extends Client {
  url = ''
  /** Signs the owner in, once. */
  loginUrl = ''
  #directory
  #settings
  #child = null

  /** `asked`: settings, as variables of its environment. */
  static async start(asked = {}) {
    const server = new Server()
    server.#settings = asked
    server.#directory = await mkdtemp(join(tmpdir(), 'omoi-journey-'))
    try {
      await server.#up('127.0.0.1:0')
      server.bearer = (await readFile(join(server.#data, 'operator.key'), 'utf8')).trim()
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

  /** What the program says about this installation, asked as whoever runs the server asks it. */
  async omoi(...args) {
    const told = await promisify(execFile)(program(), [...args, '--json', '--data-dir', this.#data], {
      env: settings(this.#settings),
    })
    return JSON.parse(told.stdout)
  }

  get #data() {
    return join(this.#directory, 'data')
  }

  async #up(listen) {
    const path = join(this.#directory, 'omoi.log')
    const log = await open(path, 'a')
    const child = spawn(program(), ['up', '--json', '--listen', listen, '--data-dir', this.#data], {
      env: settings(this.#settings),
      stdio: ['ignore', 'pipe', log.fd],
    })
    this.#child = child
    process.once('exit', () => child.kill('SIGKILL'))
    try {
      const { url, login_url } = await said(child, JSON.parse, READY_WITHIN_MS)
      Object.assign(this, { url, loginUrl: login_url })
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`omoi up did not get ready\n${await readFile(path, 'utf8')}`, { cause: error })
    } finally {
      await log.close()
    }
  }
}
