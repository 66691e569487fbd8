// guidon under a simulated world, for random sequences of what apps, users, networks and devices do. Everything that
// happens is a step; everything that must hold is checked after each. Plain JavaScript: scripts/soak.js runs it on dist/.
import fc from 'fast-check'

const IDS = ['3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10', 'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31']
/** Somebody whom neither device nor server is to know. */
const STRANGER = 'c2a9f0d4-6b1e-4f7a-8c35-9d0e7b2a4f61'
const SECRET = 'transient-value'

const id = fc.constantFrom(...IDS)
const key = fc.constantFrom('plan', 'seats', '__proto__')
/** The server answers 400 to a request that holds this. */
const REFUSED = 13
const value = fc.oneof(fc.integer({ min: 0, max: 99 }), fc.constant(null), fc.constant(REFUSED))
const tab = fc.constantFrom(0, 1)
const step = (does, more = {}) => fc.record({ does: fc.constant(does), tab, ...more })

/** One thing that happens. `tab` says in which of two tabs. */
export const steps = fc.oneof(
  { weight: 3, arbitrary: step('identify', { id, traits: fc.option(fc.record({ key, value })) }) },
  { weight: 1, arbitrary: step('reset') },
  { weight: 5, arbitrary: step('set', { key, value }) },
  { weight: 1, arbitrary: step('setTransient', { key }) },
  { weight: 2, arbitrary: step('refresh') },
  {
    weight: 5,
    arbitrary: step('network', {
      mode: fc.constantFrom('on', 'on', 'off', 'slow', 'garbled', 'error', 'forbidden'),
    }),
  },
  { weight: 4, arbitrary: step('answer', { nth: fc.nat(3) }) },
  { weight: 2, arbitrary: step('wait', { ms: fc.constantFrom(1, 500, 5_000, 15_000, 120_000) }) },
  { weight: 1, arbitrary: step('jump', { ms: fc.constantFrom(-86_400_000, -1_000, 3_600_000) }) },
  { weight: 2, arbitrary: step('crash', { again: fc.option(id), arrives: fc.boolean() }) },
  { weight: 1, arbitrary: step('close', { again: fc.option(id), arrives: fc.boolean() }) },
  { weight: 1, arbitrary: step('stranger') },
  { weight: 2, arbitrary: step('setAndLeave', { key, value, next: fc.option(id) }) },
  { weight: 1, arbitrary: step('deploy') },
  { weight: 1, arbitrary: step('consent', { storage: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: step('disk', { mode: fc.constantFrom('works', 'works', 'full', 'denied', 'hung') }),
  },
)

/** Timers and clocks that move when told to, in the place of the real ones. */
export const fakeTime = () => {
  const real = { setTimeout, clearTimeout, now: Date.now, performance: performance.now }
  const timers = new Map()
  let now = 1_700_000_000_000
  let elapsed = 0
  let next = 1
  const unpatched = globalThis.setImmediate
  globalThis.setTimeout = (action, ms = 0) => {
    timers.set(next, { action, at: elapsed + Math.max(0, ms) })
    return next++
  }
  globalThis.clearTimeout = (timer) => void timers.delete(timer)
  Date.now = () => now
  performance.now = () => elapsed
  return {
    count: () => [...timers.values()].filter(({ isOurs }) => !isOurs).length,
    /** A timer of the world around, not of guidon. */
    later: (action, ms) => void timers.set(next++, { action, at: elapsed + ms, isOurs: true }),
    jump: (ms) => {
      now += ms
    },
    /** Lets everything happen that needs no time. */
    calm: () => new Promise((resolve) => unpatched(resolve)),
    async wait(ms) {
      const until = elapsed + ms
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        const [timer, { action, at }] = due
        timers.delete(timer)
        now += at - elapsed
        elapsed = at
        action()
        await this.calm()
      }
      now += until - elapsed
      elapsed = until
    },
    restore() {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout })
      Date.now = real.now
      performance.now = real.performance
    },
  }
}

const fail = (what) => {
  throw new Error(what)
}

/**
 * Runs a sequence.
 *
 * @param createClient the client's
 * @param transient the client's
 * @param sequence what `steps` makes
 * @param surroundings `slowStorage`: storage answers with promises, or so many milliseconds later; `oneDevice`: both tabs have the same storage
 * @param onStep is called after each step
 */
export const simulate = async ({ createClient, transient }, sequence, { slowStorage, oneDevice }, onStep) => {
  const time = fakeTime()
  const device = () => ({ texts: new Map(), mode: 'works' })
  const devices = [device(), device()]
  if (oneDevice) devices[1] = devices[0]
  const server = { version: 0, traits: new Map(), mode: 'on', held: [] }
  /** The last persistent value that was set, by identity and key. */
  const wanted = new Map()
  const problems = []
  let reads = 0

  const answer = (request) => {
    const { url, init, resolve, reject } = request
    if (request.over) return
    request.over = true
    const respond = (status, text) => resolve(new Response(text, { status }))
    if (server.mode === 'off') return reject(new TypeError('offline'))
    if (server.mode === 'garbled') return respond(200, '<h1>Hotel</h1>')
    if (server.mode === 'error') return respond(503, '')
    if (server.mode === 'forbidden') return respond(403, '{"detail":"no"}')
    const body = init.body ? JSON.parse(init.body) : undefined
    const asked = body?.identifier ?? new URL(url).searchParams.get('identifier')
    if (body?.traits?.some(({ trait_value }) => trait_value === REFUSED)) return respond(400, '{}')
    for (const { trait_key, trait_value, transient } of body?.traits ?? []) {
      if (trait_value === SECRET && !transient) fail('a transient value was sent as a persistent one')
      if (body.transient || transient) continue
      const traits = server.traits.get(asked) ?? new Map()
      server.traits.set(asked, traits)
      if (trait_value === null) traits.delete(trait_key)
      else traits.set(trait_key, trait_value)
    }
    const flags = [
      {
        feature: { name: 'who' },
        enabled: true,
        feature_state_value: body?.transient && asked !== STRANGER ? 'nobody' : (asked ?? 'nobody'),
      },
      { feature: { name: 'version' }, enabled: true, feature_state_value: server.version },
      {
        feature: { name: 'sent' },
        enabled: true,
        feature_state_value: (body?.traits ?? [])
          .filter(({ transient }) => !transient)
          .map(({ trait_key, trait_value }) => `${trait_key}=${trait_value};`)
          .join(''),
      },
    ]
    respond(200, JSON.stringify(asked ? { identifier: asked, traits: [], flags } : flags))
  }

  /** Answers a request that was held up, as the network is by now. */
  const answered = (request) => {
    const { mode } = server
    if (mode === 'slow') server.mode = 'on'
    answer(request)
    server.mode = mode
  }

  /** What was under way when a page went has reached the server, or never will. */
  const arriveOrNever = (self, arrives) => {
    for (const request of server.held.filter(({ from }) => from === self)) {
      server.held.splice(server.held.indexOf(request), 1)
      if (arrives) answered(request)
    }
  }

  const open = (number, identity) => {
    const self = { number, dead: false, out: 0, sets: 0 }
    const device = devices[number]
    const { texts } = device
    const operate = (isWrite, action) => {
      const { mode } = device
      if (mode !== 'works') device.lacked = true
      // A disk that hangs never answers: what it was told to do is not done.
      if (mode === 'hung' && slowStorage) return new Promise(() => {})
      const act = () => {
        if (mode === 'denied' || (mode === 'full' && isWrite))
          throw new DOMException('no', 'QuotaExceededError')
        return self.dead && isWrite ? undefined : action()
      }
      if (!slowStorage) return act()
      return new Promise((resolve, reject) => {
        const answer = () => {
          try {
            resolve(act())
          } catch (error) {
            reject(error)
          }
        }
        if (slowStorage === true) answer()
        else time.later(answer, slowStorage)
      })
    }
    const storage = {
      get: (name) => operate(false, () => texts.get(name)),
      set: (name, text) => operate(true, () => void texts.set(name, text)),
      delete: (name) => operate(false, () => !self.dead && texts.delete(name)),
      keys: () => operate(false, () => [...texts.keys()]),
    }
    const fetch = (url, init) =>
      new Promise((resolve, reject) => {
        const request = { from: self, url, init, resolve, reject }
        if (self.dead) return
        if (init.signal.aborted) return reject(new DOMException('aborted', 'AbortError'))
        if (!init.body && ++self.out > 1) fail('two refreshes are in flight')
        const done = () => {
          if (!init.body && !request.counted) self.out--
          request.counted = true
        }
        request.resolve = (response) => {
          done()
          resolve(response)
        }
        request.reject = (error) => {
          done()
          reject(error)
        }
        init.signal.addEventListener('abort', () => {
          if (!request.over) request.reject(new DOMException('aborted', 'AbortError'))
          // What has left may reach the server all the same; what has not is gone.
          request.over = true
        })
        if (server.mode === 'slow') server.held.push(request)
        else Promise.resolve().then(() => answer(request))
      })
    self.flags = createClient({
      environmentKey: 'key',
      api: 'https://flags.test/api/v1/',
      ...(identity && { identity }),
      storage,
      fetch,
      random: (bytes) => bytes.map(() => (reads = (reads * 31 + 17) % 251)),
    })
    return self
  }

  const unhandled = (reason) => problems.push(`unhandled: ${reason?.stack ?? reason}`)
  process.on('unhandledRejection', unhandled)
  const tabs = [open(0, IDS[0]), open(1)]

  const want = (self, name, what) => {
    // Each tab has keys of its own: which of two was last is nobody's to say.
    const { identity } = self.flags
    if (identity && identity !== STRANGER) wanted.set(`${identity} ${name}`, what)
  }
  /**
   * What a page that goes had to keep on a disk that did not take it (yet) may be lost, or come back. So may what one of two tabs
   * kept that read and wrote the outbox at the same moment, which needs a storage that answers later.
   */
  const forgive = (self) => {
    const { mode } = devices[self.number]
    const isKept = !devices[self.number].lacked && mode === 'works' && !self.denied
    if (isKept && !(oneDevice && slowStorage) && !(slowStorage > 1)) return
    for (const what of wanted.keys())
      if (oneDevice || what.endsWith(`${self.number}`)) wanted.set(what, undefined)
  }
  const named = (self, name) => (name === '__proto__' ? name : `${name}${self.number}`)
  const traitsOf = (name, what) => Object.fromEntries([[name, what]])

  const acts = {
    identify: (self, { id, traits }) => {
      const name = traits && (traits.key === '__proto__' ? `proto${self.number}` : named(self, traits.key))
      self.flags.identify(id, traits ? traitsOf(name, traits.value) : {})
      if (traits) want(self, name, traits.value)
      self.sets++
    },
    reset: (self) => void self.flags.reset(),
    set: (self, { key, value }) => {
      const name = key === '__proto__' ? `__proto__${self.number}` : named(self, key)
      const { flags } = self
      const { identity } = flags
      // A trait of nobody waits nowhere, so it cannot be dropped: all of its session's requests would fail.
      if (value === REFUSED && (!identity || identity === STRANGER)) return
      want(self, name, value)
      const set = ++self.sets
      const told = flags.setTraits(traitsOf(name, value))
      // Who is told that it is done sees flags for it, unless more has been said since.
      told.then(
        () => {
          const seen = flags.value('sent', '')
          if (
            value !== null &&
            value !== REFUSED &&
            flags.identity === identity &&
            self.sets === set &&
            !seen.includes(`${name}=${value};`)
          )
            problems.push(`${name}=${value} is told as done, and the flags are those for ${seen}`)
        },
        () => {},
      )
    },
    setTransient: (self, { key }) => void self.flags.setTraits(traitsOf(`passing-${key}`, transient(SECRET))),
    refresh: (self) => void self.flags.refresh(),
    network: (_, { mode }) => {
      server.mode = mode
    },
    answer: (_, { nth }) => {
      const [request] = server.held.splice(nth % (server.held.length || 1), 1)
      if (request) answered(request)
    },
    wait: (_, { ms }) => time.wait(ms),
    jump: (_, { ms }) => time.jump(ms),
    crash: async (self, { again, arrives }) => {
      // A slow storage is given the moment it needs: what it never got it cannot have.
      if (slowStorage) await time.calm()
      forgive(self)
      arriveOrNever(self, arrives)
      self.dead = true
      self.flags.close()
      tabs[self.number] = open(self.number, again ?? undefined)
    },
    close: async (self, { again, arrives }) => {
      forgive(self)
      arriveOrNever(self, arrives)
      self.flags.close()
      await time.calm()
      tabs[self.number] = open(self.number, again ?? undefined)
    },
    stranger: async (self) => {
      forgive(self)
      arriveOrNever(self, true)
      self.flags.close()
      await time.calm()
      tabs[self.number] = open(self.number, { id: STRANGER, transient: true, traits: { plan: 7 } })
    },
    setAndLeave: (self, { key, value, next }) => {
      acts.set(self, { key, value })
      if (next) self.flags.identify(next)
      else self.flags.reset()
    },
    deploy: () => {
      server.version++
    },
    consent: (self, { storage }) => {
      // A tab that wipes the device takes along what another tab's user waits for, and either may send it: nobody's to say.
      if (oneDevice) return
      // A disk that does not work cannot be wiped now, nor can be kept what was there.
      if (!storage) forgive(self)
      self.denied = !storage
      self.flags.setConsent({ storage })
    },
    disk: (self, { mode }) => {
      devices[self.number].mode = mode
    },
  }

  const check = () => {
    for (const { flags } of tabs) {
      const shown = flags.value('who', 'none')
      if (shown !== 'none' && shown !== (flags.identity ?? 'nobody'))
        fail(`the flags of ${shown} are shown for ${flags.identity}`)
    }
    for (const [name, text] of [...devices[0].texts, ...devices[1].texts])
      if (`${name}${text}`.includes(SECRET)) fail('a transient value is on the device')
      else if (text.includes(`"${STRANGER}"`)) fail('a transient identity is on the device')
    for (const { number, denied } of oneDevice || slowStorage > 1 ? [] : tabs)
      if (denied && devices[number].texts.size && !devices[number].lacked)
        fail('something is kept without consent')
    if (problems.length) fail(problems[0])
  }

  try {
    for (const one of sequence) {
      await acts[one.does](tabs[one.tab], one)
      await time.calm()
      check()
      onStep?.()
    }
    // The network heals, and everything settles.
    server.mode = 'on'
    for (const device of devices) device.mode = 'works'
    for (const request of server.held.splice(0)) answer(request)
    for (let round = 0; round < 4; round++) {
      for (const { flags } of tabs) flags.refresh().catch(() => {})
      await time.wait(70_000)
      await time.calm()
    }
    check()
    for (const { flags } of tabs) {
      if (flags.pending) fail(`${flags.pending} writes still wait`)
      if (flags.status.state !== 'fresh') fail(`the status is ${flags.status.state}`)
      if (flags.value('version', -1) !== server.version) fail('the flags are old')
    }
    for (const [what, value] of wanted) {
      const [identity, name] = what.split(' ')
      // What is refused is dropped; the server keeps what it had.
      if (value === REFUSED || value === undefined) continue
      const has = server.traits.get(identity)?.get(name) ?? null
      if (has !== value) fail(`the server has ${has} for ${name} of ${identity} instead of ${value}`)
    }
    for (const { flags } of tabs) flags.close()
    await time.calm()
    if (time.count()) fail(`${time.count()} timers are left`)
  } finally {
    process.off('unhandledRejection', unhandled)
    time.restore()
  }
}

/** What is checked, in words. */
export const INVARIANTS = [
  'flags that are shown belong to the identity of the moment, or are bundled',
  'no more than one request for flags is out in a client',
  'a transient value is never on a device, and never sent as a persistent one',
  'without consent nothing is on a device that works',
  'no promise rejects unhandled',
  'when the network heals: every persistent write has reached the server in its last value, none waits any more, flags and status are fresh',
  'after close() no timer is left',
]

/** Sequences that showed a fault once. */
export const EXAMPLES = [
  {
    surroundings: {},
    sequence: [
      { does: 'network', tab: 0, mode: 'slow' },
      { does: 'set', tab: 1, key: 'plan', value: 0 },
      { does: 'identify', tab: 0, id: IDS[0], traits: { key: 'seats', value: null } },
      { does: 'answer', tab: 0, nth: 0 },
      { does: 'identify', tab: 0, id: IDS[1], traits: null },
      { does: 'answer', tab: 0, nth: 3 },
      { does: 'identify', tab: 0, id: IDS[0], traits: null },
      { does: 'set', tab: 0, key: 'seats', value: 0 },
      { does: 'reset', tab: 0 },
    ],
  },
  {
    surroundings: {},
    sequence: [
      { does: 'network', tab: 0, mode: 'slow' },
      { does: 'set', tab: 0, key: 'plan', value: null },
      { does: 'identify', tab: 0, id: IDS[1], traits: null },
      { does: 'answer', tab: 0, nth: 3 },
      { does: 'close', tab: 0, again: IDS[0], arrives: false },
      { does: 'setAndLeave', tab: 0, key: 'plan', value: 0, next: null },
    ],
  },
  {
    surroundings: {},
    sequence: [
      { does: 'network', tab: 0, mode: 'slow' },
      { does: 'set', tab: 0, key: 'plan', value: null },
      { does: 'network', tab: 0, mode: 'on' },
      { does: 'identify', tab: 0, id: IDS[1], traits: null },
      { does: 'identify', tab: 0, id: IDS[0], traits: null },
      { does: 'set', tab: 0, key: 'plan', value: REFUSED },
    ],
  },
  {
    surroundings: {},
    sequence: [
      { does: 'network', tab: 0, mode: 'off' },
      { does: 'setAndLeave', tab: 0, key: 'plan', value: 0, next: null },
      { does: 'close', tab: 0, again: null, arrives: false },
      { does: 'disk', tab: 0, mode: 'denied' },
      { does: 'setAndLeave', tab: 0, key: 'plan', value: REFUSED, next: null },
    ],
  },
  {
    surroundings: { oneDevice: true },
    sequence: [
      { does: 'network', tab: 0, mode: 'off' },
      { does: 'set', tab: 0, key: 'plan', value: 0 },
      { does: 'stranger', tab: 0 },
      { does: 'disk', tab: 0, mode: 'full' },
      { does: 'identify', tab: 1, id: IDS[0], traits: { key: 'plan', value: REFUSED } },
    ],
  },
]

/** The property that holds for every sequence. */
export const property = (guidon, onStep) =>
  fc.asyncProperty(
    fc.array(steps, { maxLength: 30, size: 'max' }),
    // Not two tabs on a device that is late: one may send what it read there while the other sends something newer, and
    // nothing keeps that order (docs/decisions/0006).
    fc.constantFrom(
      { slowStorage: false, oneDevice: false },
      { slowStorage: false, oneDevice: true },
      { slowStorage: true, oneDevice: false },
      { slowStorage: true, oneDevice: true },
      { slowStorage: 300, oneDevice: false },
    ),
    (sequence, surroundings) => simulate(guidon, sequence, surroundings, onStep),
  )
