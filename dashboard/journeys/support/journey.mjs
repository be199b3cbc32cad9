// A journey: a server and a browser of its own, and a walk. Both are gone afterwards, however it ended.
import { appendFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { findChromium } from './chromium.mjs'
import { Model } from './model.mjs'
import { Server } from './server.mjs'

const WITHIN_MS = 240_000

/** `walk` gets the server and the browser. `model` asks for a model beside the server; see `support/model.mjs`. */
export function journey(name, walk, { model: asked, ...options } = {}) {
  test(name, { timeout: WITHIN_MS, ...options }, async () => {
    const executablePath = findChromium()
    const begun = performance.now()
    const model = asked ? await Model.start(asked) : null
    try {
      const server = await Server.start(model?.settings)
      try {
        const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] })
        try {
          await walk({ server, browser })
        } finally {
          await browser.close()
        }
      } finally {
        await server.stop()
      }
    } finally {
      await model?.stop()
    }
    // For who keeps the results: `cargo xtask proof bus --full`.
    const list = process.env.OMOI_JOURNEYS
    if (list) await appendFile(list, `${JSON.stringify({ name, seconds: Math.round(performance.now() - begun) / 1000 })}\n`)
  })
}

/** Looks until there is something to see, and answers that. */
export async function eventually(what, look, within = 30_000) {
  const until = Date.now() + within
  for (;;) {
    let cause
    try {
      const seen = await look()
      if (seen) return seen
    } catch (error) {
      cause = error
    }
    if (Date.now() > until) throw new Error(`not within ${within} ms: ${what}`, { cause })
    await wait(100)
  }
}
