// A real Chromium, and what happens in its pages.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'

/** The browser of GUIDON_CHROMIUM, or the one that npm brings. */
const browserOptions = async () => ({
  executablePath: process.env.GUIDON_CHROMIUM ?? (await sparticuz.executablePath()),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
})

/**
 * Two browsers: `browser` for first visits, each in a context of its own, and `profile`, with a folder on the disk, for
 * visitors who come back. Only such a one keeps compiled scripts (V8's code cache), as the browser of a user does.
 */
export const launch = async () => {
  const options = await browserOptions()
  const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
  const browser = await chromium.launch(options)
  const profile = await chromium.launchPersistentContext(folder, options)
  return {
    browser,
    profile,
    async close() {
      await Promise.all([browser.close(), profile.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Functions that are sent to the page. `contestant` and `client` are what page.js left there. */
const inPage = {
  /**
   * Loads the contestant's script, which starts it. The rest lets the page come to quiet first. A classic script: of those
   * Chromium keeps the compiled code from the second visit on; of modules it did not within a bench's patience.
   */
  start: async ({ script, given, restMs }) => {
    await new Promise((resolve) => setTimeout(resolve, restMs))
    return new Promise((resolve, reject) => {
      globalThis.given = { ...given, began: resolve }
      const element = document.createElement('script')
      element.src = script
      element.onerror = reject
      document.head.append(element)
    })
  },

  /** Refreshes some times, with a rest after each for what is done later. */
  refresh: async (times) => {
    for (let i = 0; i < times; i++) {
      await globalThis.contestant.refresh(globalThis.client)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  },

  /** Becomes so many users nobody has seen before, one after the other. */
  become: async (times) => {
    for (let i = 0; i < times; i++) {
      await globalThis.contestant.identify(globalThis.client, crypto.randomUUID())
    }
  },

  /** Shown or hidden: says so as browsers do when the user turns to another tab. A headless page is always shown. */
  show: (shown) => {
    const as = (value) => ({ value, configurable: true })
    Object.defineProperties(document, {
      hidden: as(!shown),
      visibilityState: as(shown ? 'visible' : 'hidden'),
    })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  },

  stored: () => {
    let characters = 0
    for (const [key, text] of Object.entries(localStorage)) characters += key.length + text.length
    return characters
  },

  /** Makes the visit that filled the storage an hour old. Only GrowthBook minds: for a minute it would ask no server. */
  age: () => {
    const then = new Date(Date.now() - 3_600_000).toISOString()
    for (const [key, text] of Object.entries(localStorage)) {
      if (text.includes('"staleAt"'))
        localStorage.setItem(key, text.replace(/("staleAt":")[^"]+/g, `$1${then}`))
    }
  },

  /** Reads a second: the best of five slices, since whatever else the machine does can only make one worse. */
  reads: ({ method, names, sliceMs }) => {
    const { contestant, client } = globalThis
    // Names in an app are literals, which engines intern; property keys are the way to that for names that came as JSON.
    const interned = Object.keys(Object.fromEntries(names.map((name) => [name, 0])))
    const count = contestant[method]
    // GrowthBook has one value per feature and calls it on when it is truthy, so its count is another than the rest's.
    const expected = count(client, interned)
    if (expected < interned.length / 2) throw new Error(`${method} found only ${expected}`)
    const slice = () => {
      const begun = performance.now()
      let passes = 0
      let ms = 0
      do {
        // Used, and checked: nothing here can be optimised away.
        const found = count(client, interned)
        if (found !== expected) throw new Error(`${method} found ${found} instead of ${expected}`)
        passes++
        ms = performance.now() - begun
      } while (ms < sliceMs)
      return (passes * interned.length) / ms / 1000
    }
    slice()
    return Math.max(slice(), slice(), slice(), slice(), slice())
  },

  /** A classic inline script is compiled and run before the call returns; nothing is fetched, nothing was compiled before. */
  evaluate: (text) => {
    const script = document.createElement('script')
    script.textContent = text
    const begun = performance.now()
    document.head.append(script)
    const ms = performance.now() - begun
    if (!globalThis.evaluated) throw new Error('the script did not run')
    return ms
  },
}

/** A fresh page at an address, and what can be done and seen in it. */
export const visit = async (context, address) => {
  const page = await context.newPage()
  await page.goto(address)
  const inside = Object.entries(inPage).map(([name, action]) => [
    name,
    (argument) => page.evaluate(action, argument),
  ])
  const asked = async (action) => {
    const session = await context.newCDPSession(page)
    try {
      return await action((method, params) => session.send(method, params), session)
    } finally {
      await session.detach()
    }
  }
  return {
    ...Object.fromEntries(inside),
    close: () => page.close(),

    /**
     * What the page's main thread did meanwhile, in milliseconds of its own processor time. Parsing, comparing, writing to
     * storage and collecting garbage are in it; waits, the network and other processes are not.
     */
    mainThreadMs: (action) =>
      asked(async (send) => {
        await send('Performance.enable', { timeDomain: 'threadTicks' })
        const busy = async () => {
          const { metrics } = await send('Performance.getMetrics')
          return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
        }
        const before = await busy()
        await action()
        return (await busy()) - before
      }),

    /** V8's heap in bytes, after garbage collection. */
    heap: () =>
      asked(async (send) => {
        for (let i = 0; i < 3; i++) await send('HeapProfiler.collectGarbage')
        return (await send('Runtime.getHeapUsage')).usedSize
      }),

    /** What of it is code, in bytes: compiled, or noted for compiling it better. */
    code: () =>
      asked(async (send, session) => {
        const chunks = []
        session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
        await send('HeapProfiler.takeHeapSnapshot')
        const { snapshot, nodes } = JSON.parse(chunks.join(''))
        const { node_fields: fields, node_types: types } = snapshot.meta
        const type = fields.indexOf('type')
        const size = fields.indexOf('self_size')
        const code = types[type].indexOf('code')
        let bytes = 0
        for (let i = 0; i < nodes.length; i += fields.length) {
          if (nodes[i + type] === code) bytes += nodes[i + size]
        }
        return bytes
      }),
  }
}
