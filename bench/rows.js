// The rows: what is measured, and how. Each `measure` gives one number for one contestant, from a page of its own.

import { sleep, visit } from './browser.js'
import { command } from './command.js'
import { ENVIRONMENT_KEY, IDENTITY } from './flags.js'
import { tabHour } from './tab-hour.js'

/** Lets a page come to quiet after loading: what the browser still does then would count against whoever comes first. */
const REST_MS = 30
/** Lets a client finish what it does after it was ready: comparing, writing. */
const SETTLE_MS = 150
/** A visit in which V8 first notes a script, one in which it keeps the compiled code, and one to see that it did. */
const VISITS_BEFORE = 3

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]

/** @param world the browsers, the two servers, the bundles, and whether it is only a smoke test */
export const makeRows = ({ browser, profile, pages, api, bundles, dist, quick }) => {
  let visits = 0

  /** A page, and a start of a contestant in it: of its app, or of another script, which may be given more. */
  const begin = async (
    context,
    name,
    { size, tag = `${name}-${++visits}`, host = 'localhost', script = name, given, ...settings },
  ) => {
    const page = await visit(context, pages.page(host, name))
    const address = api.visit(tag, { size, ...settings })
    const start = () =>
      page.start({
        script: `/script/${script}`,
        given: {
          ...given,
          api: address,
          identity: IDENTITY,
          environmentKey: ENVIRONMENT_KEY,
          probe: api.probe(size),
        },
        restMs: REST_MS,
      })
    return { ...page, start, requests: () => api.count(tag) }
  }

  const firstVisit = async (action) => {
    const context = await browser.newContext()
    try {
      return await action(context)
    } finally {
      await context.close()
    }
  }

  const evaluation = {
    id: 'evaluation',
    title: 'script evaluation, never compiled before',
    unit: 'ms',
    // Of the library alone, as an app imports it. As a classic script, because that one runs while we look; what it says at
    // its top level is what a module says there.
    measure: (name) =>
      firstVisit(async (context) => {
        const { evaluate } = await visit(context, pages.page('localhost', 'empty'))
        await sleep(REST_MS)
        return evaluate(bundles[name].library)
      }),
  }

  // From just before the contestant's first line to the moment its public API gives the right value, on a page where the
  // visitor has been before: flags in localStorage, script in the cache, compiled. Each contestant and size has an origin
  // of its own. What other processes do in between can only make it slower, so the best of three visits is the sample.
  const warm = (size) => {
    const settingsOf = (name) => ({ size, tag: `${name}-warm-${size}`, host: `${name}-${size}.localhost` })
    const known = new Set()
    const before = async (name) => {
      for (let i = 0; i < VISITS_BEFORE; i++) {
        const { start, age, close } = await begin(profile, name, settingsOf(name))
        await start()
        await sleep(SETTLE_MS)
        await age()
        await close()
      }
    }
    return {
      id: `warm-${size}`,
      title: `warm start, ${size} flags, server after 500 ms`,
      unit: 'ms',
      target: 1.15,
      async measure(name) {
        if (!known.has(name)) await before(name)
        known.add(name)
        const visits = []
        for (let i = 0; i < 3; i++) {
          const { start, close } = await begin(profile, name, { ...settingsOf(name), delay: 500 })
          visits.push(await start())
          await close()
        }
        const best = Math.min(...visits)
        if (best > 400) throw new Error(`${name} waited for the server`)
        return best
      },
    }
  }

  const cold = (size) => ({
    id: `cold-${size}`,
    title: `cold start, ${size} flags, nothing stored, server at once`,
    unit: 'ms',
    measure: (name) =>
      firstVisit(async (context) => {
        const { start } = await begin(context, name, { size })
        return start()
      }),
  })

  // Within three seconds of a first visit, so that reports of usage that are sent unasked would be seen too.
  const requests = {
    id: 'requests',
    title: 'requests of a first visit',
    unit: '',
    once: true,
    measure: (name) =>
      firstVisit(async (context) => {
        const { start, requests } = await begin(context, name, { size: 100 })
        await start()
        await sleep(quick ? 300 : 3_000)
        const { requests: sent, preflights } = requests()
        return { value: sent, note: `and ${preflights} preflight` }
      }),
  }

  // Not a merit of any client: what its protocol makes it parse. It explains the rows of refreshes.
  const KINDS = { unleash: 'frontend', growthbook: 'features' }
  const answer = (size) => ({
    id: `answer-${size}`,
    title: `bytes of the server's answer, ${size} flags`,
    unit: '',
    once: true,
    measure: async (name) => api.answerOf(KINDS[name] ?? 'identities', size),
  })

  const reads = (id, title, method, names) => ({
    id,
    title,
    unit: 'M/s',
    higher: true,
    target: 60,
    absolute: true,
    measure: (name) =>
      firstVisit(async (context) => {
        const { start, reads } = await begin(context, name, { size: 1000 })
        await start()
        await sleep(SETTLE_MS)
        return reads({ method, names, sliceMs: quick ? 10 : 30 })
      }),
  })

  // Everything that a refresh costs the main thread, over the real network: receiving the body, parsing, comparing, telling,
  // and writing to localStorage. Counted in processor time of that thread, so waiting costs nothing and neighbours do not
  // disturb; whatever is done later (a microtask, a timer, an idle moment) is in it. The mean of some refreshes in one page.
  const refresh = (size, mode) => ({
    id: `refresh-${size}-${mode}`,
    title: `refresh, ${size} flags, ${mode === 'same' ? 'none' : 'one'} changed, main thread`,
    unit: 'ms',
    target: mode === 'same' ? 1 : 1.15,
    measure: (name) =>
      firstVisit(async (context) => {
        const times = quick ? 2 : 4
        const { start, refresh, mainThreadMs } = await begin(context, name, { size, mode })
        await start()
        await sleep(SETTLE_MS)
        return (await mainThreadMs(() => refresh(times))) / times
      }),
  })

  let empty
  const emptyHeap = async () => {
    const heaps = []
    for (let i = 0; i < 3; i++) {
      heaps.push(
        await firstVisit(async (context) => {
          const { heap } = await visit(context, pages.page('localhost', 'empty'))
          await sleep(SETTLE_MS)
          return heap()
        }),
      )
    }
    return median(heaps)
  }
  const heap = (size) => ({
    id: `heap-${size}`,
    title: `heap after loading ${size} flags, less an empty page's`,
    unit: 'kB',
    target: 1.15,
    measure: (name) =>
      firstVisit(async (context) => {
        empty ??= await emptyHeap()
        const { start, heap } = await begin(context, name, { size })
        await start()
        await sleep(SETTLE_MS)
        return ((await heap()) - empty) / 1000
      }),
  })

  // What is left of users who were here before, in a page that lives long. Nothing of them is needed any more. But code that
  // runs again and again is compiled again and better, and that is in V8's heap too, so the note tells how much of it there
  // is. Users change by what each contestant has for it; GrowthBook, which evaluates on the device, asks no server then. The
  // floor has one user only. Once, because the same code makes the same heap.
  const identities = (count) => ({
    id: 'identities',
    title: `heap after ${count.toLocaleString('en-US')} identities of 100 flags, less that after the first`,
    unit: 'kB',
    once: true,
    contestants: ['guidon', 'flagsmith', 'unleash', 'growthbook'],
    measure: (name) =>
      firstVisit(async (context) => {
        const { start, become, heap, code } = await begin(context, name, { size: 100 })
        const sizes = async (users) => {
          await become(users)
          await sleep(SETTLE_MS)
          return [await heap(), await code()]
        }
        await start()
        const first = await sizes(1)
        const last = await sizes(count - 1)
        const [all, compiled] = last.map((bytes, i) => (bytes - first[i]) / 1000)
        return { value: all, note: `${compiled.toFixed(1)} kB of it compiled code` }
      }),
  })

  const bytes = (size) => ({
    id: `bytes-${size}`,
    title: `characters in localStorage, ${size} flags`,
    unit: '',
    target: 1.1,
    once: true,
    measure: (name) =>
      firstVisit(async (context) => {
        const { start, stored } = await begin(context, name, { size })
        await start()
        await sleep(SETTLE_MS)
        return stored()
      }),
  })

  const names = api.flags(1000).map(({ name }) => name)
  const texts = api.flags(1000).flatMap(({ name, value }) => (typeof value === 'string' ? [name] : []))

  return [
    evaluation,
    ...(quick ? [10, 1000] : [10, 100, 1000, 5000]).map(warm),
    cold(1000),
    requests,
    reads('reads-enabled', 'reads a second: is a flag on, of 1000', 'countEnabled', names),
    reads('reads-value', 'reads a second: value of a flag, of 1000', 'countValues', texts),
    answer(1000),
    ...(quick ? [1000] : [1000, 5000]).flatMap((size) =>
      ['same', 'change'].map((mode) => refresh(size, mode)),
    ),
    heap(5000),
    identities(quick ? 100 : 1000),
    bytes(1000),
    tabHour({ begin, firstVisit, api, quick }),
    command({ api, dist, size: 1000 }),
  ]
}
