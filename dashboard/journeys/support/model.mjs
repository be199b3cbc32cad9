// A model without a mind, `omoi dev llm`: what a server must be told to ask it is what it prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { program, said, settings } from './program.mjs'

const READY_WITHIN_MS = 30_000

export class Model {
  /** What the server is started with. */
  settings = {}
  #child

  /** `pace`: in how many seconds it writes a phase. `price`: micro-dollars for a million tokens in and out. */
  static async start({ pace = 0, price }) {
    const model = new Model()
    const child = spawn(program(), ['dev', 'llm', '--listen', '127.0.0.1:0', '--pace', String(pace)], {
      env: settings(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    model.#child = child
    process.once('exit', () => child.kill('SIGKILL'))
    try {
      const OMOI_LLM_URL = await said(child, (line) => /OMOI_LLM_URL=(\S+)$/.exec(line)?.[1], READY_WITHIN_MS)
      model.settings = { OMOI_LLM_URL, OMOI_LLM_MODEL: 'scripted', OMOI_LLM_KEY: 'any', ...(price && { OMOI_LLM_PRICE: price }) }
    } catch (error) {
      await model.stop()
      throw new Error('omoi dev llm did not get ready', { cause: error })
    }
    return model
  }

  async stop() {
    const child = this.#child
    if (!child.pid || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}
