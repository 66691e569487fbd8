// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import * as officialModule from '@flagsmith/flagsmith'
import { HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import * as ours from '../../src/migrate.ts'
import * as oursReact from '../../src/migrate-react.ts'
import { ada, bob, calm, until, useWorld } from '../world.ts'
import { exportsOf, membersOf } from './members.ts'
import { useSides, type World } from './sides.ts'

const world = useWorld()
const both = useSides(world)

/**
 * One for each member of the official interface, by its declaration file: steps that run against the official client and
 * against ours. Both must see the same, unless it says what each sees: then docs/migrating.md says why.
 */
type Scenario =
  | ((world: World) => unknown)
  | { run: (world: World) => unknown; theirs: unknown; ours: unknown }

const check = async (scenario: Scenario) => {
  const { theirs, ours } = await both(typeof scenario === 'function' ? scenario : scenario.run)
  if (typeof scenario === 'function') {
    expect(theirs).not.toBe(undefined)
    return expect(ours).toEqual(theirs)
  }
  expect({ theirs, ours }).toEqual({ theirs: scenario.theirs, ours: scenario.ours })
}

const readme = readFileSync('docs/migrating.md', 'utf8')
/** Whether a table of the page has a row for this. */
const isDocumented = (name: string) =>
  readme.split('\n').some((line) => line.startsWith('| ') && line.split('|')[1]!.includes(`\`${name}\``))

const START = { cacheFlags: true, identity: ada }
const EVENTS = { enableEvents: true, eventProcessorConfig: { eventsApiUrl: 'https://events.test/' } }
const state = (identity?: string) => ({
  api: 'https://flags.test/api/v1/',
  flags: { font_size: { id: 3, enabled: true, value: 99 } },
  evaluationContext: {
    environment: { apiKey: 'client-key' },
    ...(identity && { identity: { identifier: identity, traits: { plan: { value: 'pro' } } } }),
  },
  ...(identity && { identity }),
})

/** Ours does not know the server's numbers. */
const withoutId = ({ id: _, ...flag }: { id?: number } = {}) => flag
const withoutIds = (flags: Record<string, object> | null) =>
  flags && Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, withoutId(flag)]))

const MEMBERS: Record<string, Scenario> = {
  async init({ flagsmith, init, told, asked }) {
    const made = init(START)
    const atOnce = [flagsmith.getAllFlags(), flagsmith.loadingState, flagsmith.initialised]
    return [atOnce, await made, withoutIds(flagsmith.getAllFlags()), told, asked()]
  },
  async setContext({ flagsmith, init, asked }) {
    await init()
    await flagsmith.setContext({
      identity: { identifier: ada, traits: { plan: 'pro', seen: { value: 1, transient: true } } },
    })
    const size = flagsmith.getValue('font_size')
    await flagsmith.setContext({ identity: null })
    return [size, flagsmith.getValue('font_size'), flagsmith.identity ?? null, asked()]
  },
  async updateContext({ flagsmith, init, asked }) {
    await init({ identity: ada, traits: { plan: 'pro' } })
    await flagsmith.updateContext({ identity: { identifier: bob, traits: {} } })
    return [flagsmith.getValue('font_size'), flagsmith.getContext().environment, flagsmith.identity, asked()]
  },
  async getContext({ flagsmith, init }) {
    const before = flagsmith.getContext()
    await init({ identity: ada, traits: { plan: 'pro' } })
    const { environment, identity } = flagsmith.getContext()
    return [before, environment, identity?.identifier, identity?.traits?.plan?.value]
  },
  async getFlags({ flagsmith, init, server, told }) {
    await init(START)
    server.set('font_size', { feature_state_value: 17 })
    await flagsmith.getFlags()
    return [flagsmith.getValue('font_size'), told]
  },
  async getAllFlags({ flagsmith, init }) {
    const before = flagsmith.getAllFlags() ?? null
    await init()
    return [before, withoutIds(flagsmith.getAllFlags())]
  },
  identify: {
    async run({ flagsmith, init, asked }) {
      await flagsmith.identify(ada)
      await init()
      const first = flagsmith.identity
      const done = flagsmith.identify(bob, { plan: 'pro' })
      const meanwhile = Object.keys(flagsmith.getAllFlags()).length
      await done
      return {
        first,
        meanwhile,
        after: [flagsmith.identity, flagsmith.getValue('font_size'), flagsmith.getAllTraits()],
        asked: asked().length,
      }
    },
    // Nobody is shown flags of the one before.
    theirs: { first: ada, meanwhile: 5, after: [bob, 20, { plan: 'pro' }], asked: 2 },
    ours: { first: ada, meanwhile: 0, after: [bob, 20, { plan: 'pro' }], asked: 2 },
  },
  getState: {
    async run({ flagsmith, init }) {
      await init({ identity: ada, traits: { plan: 'pro' } })
      await flagsmith.setTrait('ip', { value: '203.0.113.7', transient: true })
      const { api, flags, identity, evaluationContext } = flagsmith.getState()
      return {
        api,
        size: flags?.font_size?.value,
        identity,
        of: Object.keys(evaluationContext?.identity?.traits ?? {}),
      }
    },
    theirs: { api: 'https://flags.test/api/v1/', size: 20, identity: ada, of: ['plan', 'ip'] },
    ours: { api: 'https://flags.test/api/v1/', size: 20, identity: ada, of: ['plan'] },
  },
  setState({ flagsmith, asked }) {
    flagsmith.setState(state(ada))
    return [
      flagsmith.getValue('font_size'),
      flagsmith.hasFeature('Font Size'),
      flagsmith.identity,
      flagsmith.initialised,
      flagsmith.loadingState,
      flagsmith.getTrait('plan'),
      asked(),
    ]
  },
  async logout({ flagsmith, init, asked }) {
    await init({ identity: ada, traits: { plan: 'pro' } })
    await flagsmith.logout()
    return [flagsmith.identity ?? null, flagsmith.getAllTraits(), flagsmith.getValue('font_size'), asked()]
  },
  async startListening({ flagsmith, init, asked }) {
    await init()
    flagsmith.startListening(1)
    // Ours asks no more often than once a second, and not at the same moment as others.
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'],
    })
    try {
      flagsmith.startListening(1_000)
      for (let second = 0; second < 5; second++) await vi.advanceTimersByTimeAsync(1_000)
    } finally {
      vi.useRealTimers()
    }
    await until(() => asked().length > 1, 'a poll')
    return 'asks again'
  },
  async stopListening({ flagsmith, init, asked }) {
    await init()
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'],
    })
    try {
      flagsmith.startListening(1_000)
      flagsmith.stopListening()
      flagsmith.stopListening()
      for (let second = 0; second < 5; second++) await vi.advanceTimersByTimeAsync(1_000)
    } finally {
      vi.useRealTimers()
    }
    await calm()
    return asked()
  },
  async hasFeature({ flagsmith, init }) {
    const before = [
      flagsmith.hasFeature('new-checkout'),
      flagsmith.hasFeature('new-checkout', { fallback: true }),
    ]
    await init()
    return [
      before,
      ['new-checkout', 'NEW-CHECKOUT', 'My Banner', 'my_banner', 'old-menu', 'nothing', 'nothing at all'].map(
        (name) => [
          flagsmith.hasFeature(name),
          flagsmith.hasFeature(name, true),
          flagsmith.hasFeature(name, { fallback: true, skipAnalytics: true }) === true,
        ],
      ),
    ]
  },
  async getValue({ flagsmith, init }) {
    const before = [flagsmith.getValue('theme'), flagsmith.getValue('theme', { fallback: 1 as never })]
    await init()
    const options = [
      undefined,
      {},
      { json: true },
      { fallback: 'f' },
      { json: true, fallback: 'f' },
    ] as never[]
    return [
      before,
      ['new-checkout', 'My Banner', 'my banner', 'font_size', 'theme', 'old-menu', 'nothing'].map((name) =>
        options.map((option) => flagsmith.getValue(name, option)),
      ),
    ]
  },
  async getTrait({ flagsmith, init }) {
    const before = flagsmith.getTrait('plan')
    await init({ identity: ada, traits: { plan: 'pro', 'Favourite Colour': 'red' } })
    const names = ['plan', 'Plan', 'Favourite Colour', 'favourite_colour', 'nothing']
    return [before, names.map((name) => flagsmith.getTrait(name))]
  },
  async getAllTraits({ flagsmith, init, again }) {
    const before = flagsmith.getAllTraits()
    await init({ identity: ada, traits: { plan: 'pro', level: 3, isAdmin: true } })
    const mine = flagsmith.getAllTraits()
    // What the server knows, though this app has not set it.
    const other = again()
    await other.init({ identity: ada })
    return [before, mine, other.flagsmith.getAllTraits(), flagsmith === other.flagsmith]
  },
  async setTrait({ flagsmith, init, asked }) {
    await init({ identity: ada })
    const done = flagsmith.setTrait('plan', 'pro')
    const atOnce = flagsmith.getTrait('plan')
    await done
    const size = flagsmith.getValue('font_size')
    await flagsmith.setTrait('plan', null)
    return [atOnce, size, flagsmith.getTrait('plan'), flagsmith.getValue('font_size'), asked().length]
  },
  async setTraits({ flagsmith, init, again }) {
    await init({ identity: ada })
    await flagsmith.setTraits({ plan: 'pro', ip: { value: 'x', transient: true } })
    const mine = [flagsmith.getAllTraits(), flagsmith.getValue('font_size')]
    const other = again()
    await other.init({ identity: ada })
    return [mine, other.flagsmith.getAllTraits()]
  },
  trackEvent: {
    async run({ flagsmith, init, net, side }) {
      flagsmith.trackEvent('too early')
      await init({ identity: ada, ...EVENTS })
      flagsmith.trackEvent('purchase', { value: 42, metadata: { currency: 'EUR' } })
      await flush(flagsmith, side)
      await until(() => eventsOf(net)[0], 'events')
      return eventsOf(net)
    },
    theirs: [['/v1/events', 'purchase', null, ada, '42']],
    ours: [['/v1/events', 'purchase', null, ada, 42]],
  },
  async trackExposureEvent({ flagsmith, init, net, side }) {
    await init({ identity: ada, ...EVENTS })
    flagsmith.trackExposureEvent('font_size', { value: 'blue' })
    await flush(flagsmith, side)
    await until(() => eventsOf(net)[0], 'events')
    return eventsOf(net)
  },
  async getExperimentFlag({ flagsmith, init, net, side }) {
    const before = flagsmith.getExperimentFlag('font_size')
    inExperiment(net)
    await init({ identity: ada, ...EVENTS })
    const flags = [
      withoutId(flagsmith.getExperimentFlag('font_size')!),
      flagsmith.getExperimentFlag('nothing'),
    ]
    flagsmith.getExperimentFlag('theme')
    await flush(flagsmith, side)
    await until(() => eventsOf(net)[0], 'events')
    return [before, flags, eventsOf(net)]
  },
  async flushEvents({ flagsmith, init }) {
    await init()
    return [await flagsmith.flushEvents()]
  },
  async eventsEnabled({ flagsmith, init, again }) {
    await init()
    const other = again()
    await other.init({ enableEvents: true })
    return [flagsmith.eventsEnabled, other.flagsmith.eventsEnabled]
  },
  identity: {
    async run({ flagsmith, init }) {
      const done = init(START)
      const atOnce = flagsmith.identity
      await done
      return [atOnce, flagsmith.identity]
    },
    theirs: [null, ada],
    ours: [ada, ada],
  },
  async initialised({ flagsmith, init }) {
    const before = flagsmith.initialised
    await init()
    return [before, flagsmith.initialised]
  },
  async loadingState({ flagsmith, init, again, net }) {
    const before = flagsmith.loadingState
    const done = init({ ...START, defaultFlags: { font_size: { enabled: true, value: 12 } } })
    const bundled = flagsmith.loadingState
    await done
    const after = flagsmith.loadingState
    const other = again()
    const stored = other.init(START)
    const cached = other.flagsmith.loadingState?.source
    await stored
    await calm()
    net.offline()
    const third = again()
    await third.init({ identity: ada }).catch(() => {})
    const { error, ...failed } = third.flagsmith.loadingState!
    return [before, bundled, after, cached, failed, error instanceof Error]
  },
  async _trigger({ flagsmith, init }) {
    let times = 0
    flagsmith._trigger = () => void times++
    await init()
    return times
  },
  async _triggerLoadingState({ flagsmith, init }) {
    let isTold = false
    flagsmith._triggerLoadingState = () => {
      isTold = true
    }
    await init()
    return isTold
  },
  async cacheOptions({ flagsmith, init }) {
    const { ttl, skipAPI, loadStale } = flagsmith.cacheOptions
    await init({ cacheFlags: true, cacheOptions: { ttl: 60_000 } })
    return [ttl, skipAPI, loadStale, flagsmith.cacheOptions.ttl, flagsmith.cacheOptions.skipAPI]
  },
  async api({ flagsmith, init }) {
    await init({ api: 'https://flags.test/api/v1' })
    return flagsmith.api
  },
}

/** Sends what waits, each side in its way: ours when the page is left. */
const flush = async (flagsmith: World['flagsmith'], side: string) => {
  await calm()
  if (side === 'theirs') await flagsmith.flushEvents()
  else dispatchEvent(new Event('pagehide'))
}
const eventsOf = (net: World['net']) =>
  net.calls
    .filter(({ url }) => url.host === 'events.test')
    .flatMap(({ url, body }) =>
      (body as unknown as { events: Record<string, unknown>[] }).events.map(
        ({ event, feature_name, identifier, value }) => [
          url.pathname,
          event,
          feature_name ?? null,
          identifier,
          value ?? null,
        ],
      ),
    )
const inExperiment = (net: World['net']) => {
  const { respond } = net
  net.respond = async (call) => {
    const response = await respond(call)
    if (!call.url.pathname.endsWith('/identities/')) return response
    const body = await response.json()
    for (const flag of body.flags) {
      if (flag.feature.name !== 'font_size') continue
      flag.variant = 'big'
      flag.metadata = { experiment: { id: 7, name: 'sizes', in_experiment: true } }
    }
    return HttpResponse.json(body)
  }
}

const OPTIONS: Record<string, Scenario> = {
  async AsyncStorage({ init, again }) {
    const kept = new Map<string, string>()
    const AsyncStorage = {
      getItem: async (key: string) => kept.get(key) ?? null,
      setItem: async (key: string, text: string) => void kept.set(key, text),
    }
    await init({ ...START, AsyncStorage })
    await calm()
    const other = again()
    await other.init({ ...START, AsyncStorage })
    return [other.told[0], other.flagsmith.getValue('font_size'), Object.keys(localStorage)]
  },
  async api({ init, asked, net }) {
    await init({ api: 'https://flags.test/api/v1' })
    return [asked(), net.calls[0]!.url.href]
  },
  async evaluationContext({ flagsmith, init, asked }) {
    await init({
      environmentID: undefined,
      evaluationContext: {
        environment: { apiKey: 'client-key' },
        identity: {
          identifier: ada,
          traits: { plan: { value: 'pro' }, seen: { value: 1, transient: true } },
        },
      },
    })
    return [flagsmith.identity, flagsmith.getValue('font_size'), asked()]
  },
  async cacheFlags({ flagsmith, init, again, server }) {
    await init(START)
    const before = Object.keys(localStorage).length > 0
    server.set('font_size', { feature_state_value: 17 })
    const other = again()
    const done = other.init(START)
    const atOnce = other.flagsmith.getValue('font_size')
    await done
    const first = other.told[0]
    await until(() => other.told.length > 1, 'the answer')
    return [
      before,
      flagsmith.getValue('font_size'),
      atOnce,
      first,
      other.told[1],
      other.flagsmith.getValue('font_size'),
    ]
  },
  async cacheOptions({ init, again, asked, server }) {
    await init(START)
    server.set('font_size', { feature_state_value: 17 })
    const skipping = again()
    await skipping.init({ ...START, cacheOptions: { skipAPI: true, ttl: 60_000 } })
    await calm()
    const skipped = [
      asked().length,
      skipping.flagsmith.getValue('font_size'),
      skipping.flagsmith.loadingState,
    ]
    await skipping.flagsmith.getFlags()
    const asking = [
      asked().length,
      skipping.flagsmith.getValue('font_size'),
      skipping.flagsmith.loadingState?.source,
    ]
    await new Promise((resolve) => setTimeout(resolve, 5))
    // Too old: not shown, or shown until the server has answered.
    const old = again()
    const oldDone = old.init({ ...START, cacheOptions: { ttl: 1 } })
    const hidden = [old.flagsmith.getValue('font_size'), old.flagsmith.loadingState?.source]
    await oldDone
    await new Promise((resolve) => setTimeout(resolve, 5))
    const stale = again()
    const staleDone = stale.init({ ...START, cacheOptions: { ttl: 1, loadStale: true, skipAPI: true } })
    const shown = stale.flagsmith.getValue('font_size')
    await staleDone
    await until(() => stale.flagsmith.loadingState?.source === 'SERVER', 'the answer')
    return [skipped, asking, hidden, old.told.length, shown, stale.told.length]
  },
  datadogRum: unused('datadogRum', {
    trackTraits: true,
    client: { setUser() {}, getUser: () => ({}), addFeatureFlagEvaluation() {} },
  }),
  sentryClient: unused('sentryClient', { getIntegrationByName: () => undefined }),
  async defaultFlags({ flagsmith, init, net }) {
    net.hold()
    const done = init({ defaultFlags: { font_size: { enabled: true, value: 12 } } })
    const atOnce = [flagsmith.getValue('font_size'), flagsmith.getAllFlags()]
    await until(() => net.held.length, 'a request')
    net.held[0]!()
    await done
    return [atOnce, flagsmith.getValue('font_size')]
  },
  async fetch({ init }) {
    let times = 0
    await init({
      fetch: (...args: Parameters<typeof fetch>) => {
        times++
        return fetch(...args)
      },
    })
    return times
  },
  // In a page, with a stream, they are compared in test/chromium/migrate.test.ts.
  realtime: ({ side }) => side.length > 0,
  eventSourceUrl: ({ side }) => side.length > 0,
  enableAnalytics: {
    async run({ flagsmith, init, net, side }) {
      await init({ enableAnalytics: true })
      flagsmith.hasFeature('new-checkout')
      flagsmith.getValue('font_size')
      flagsmith.getValue('font_size', { skipAnalytics: true })
      flagsmith.hasFeature('MY BANNER')
      flagsmith.getAllFlags()
      await calm()
      if (side === 'theirs') return [JSON.parse(localStorage['FLAGSMITH_EVENT_client-key'])['client-key']]
      dispatchEvent(new Event('pagehide'))
      await until(() => net.calls.some(({ url }) => url.pathname.endsWith('/analytics/flags/')), 'counts')
      return net.calls.filter(({ url }) => url.pathname.endsWith('/analytics/flags/')).map(({ body }) => body)
    },
    // Under the name that the server has, or nobody would find it.
    theirs: [{ 'new-checkout': 1, font_size: 1, 'MY BANNER': 1 }],
    ours: [{ 'new-checkout': 1, font_size: 1, 'My Banner': 1 }],
  },
  enableDynatrace: {
    run: ({ init, errors, side }) => {
      vi.stubGlobal('dtrum', { sendSessionProperties() {} })
      return init({ enableDynatrace: true }).then(() => [side, errors])
    },
    theirs: ['theirs', []],
    ours: ['ours', ['[guidon] unsupported: enableDynatrace']],
  },
  enableLogs: {
    async run({ init, side }) {
      const log = vi.spyOn(console, 'log').mockImplementation(() => {})
      await init({ enableLogs: true })
      const isSilent = !log.mock.calls.length
      log.mockRestore()
      return [side, isSilent]
    },
    theirs: ['theirs', false],
    ours: ['ours', true],
  },
  angularHttpClient: {
    async run({ init, errors, side, asked }) {
      const get = (url: string, { headers }: { headers: Record<string, string> }) => ({
        subscribe: (next: (response: object) => void) =>
          void fetch(url, { headers }).then(async (response) =>
            next({ status: response.status, headers: response.headers, body: await response.text() }),
          ),
      })
      await init({ angularHttpClient: { get } })
      expect(asked().length).toBe(1)
      return [side, errors]
    },
    theirs: ['theirs', []],
    ours: ['ours', ['[guidon] unsupported: angularHttpClient']],
  },
  async environmentID({ init, net }) {
    const refused = await init({ environmentID: undefined }).then(
      () => 'made',
      () => 'refused',
    )
    await init()
    return [refused, net.calls.map(({ headers }) => headers.get('X-Environment-Key'))]
  },
  async headers({ init, net }) {
    await init({ headers: { 'X-Tenant': 'seven' } })
    return net.calls.map(({ headers }) => headers.get('X-Tenant'))
  },
  async identity({ flagsmith, init, asked }) {
    await init({ identity: ada })
    return [flagsmith.identity, asked()]
  },
  async traits({ flagsmith, init, asked }) {
    await init({ identity: ada, traits: { plan: 'pro' } })
    return [flagsmith.getAllTraits(), asked()]
  },
  async onChange({ init, flagsmith, server, told }) {
    await init({ identity: ada })
    await flagsmith.setTrait('plan', 'pro')
    server.set('My Banner', { enabled: false })
    await flagsmith.getFlags()
    return told.map(({ before, params, source }) => [
      before,
      (params as { flagsChanged: unknown }).flagsChanged,
      source,
    ])
  },
  async onError({ init, net, errors }) {
    net.offline()
    const outcome = await init().then(
      () => 'made',
      (error) => error instanceof Error,
    )
    return [outcome, errors.length]
  },
  async preventFetch({ flagsmith, init, asked, told }) {
    await init({ preventFetch: true, defaultFlags: { font_size: { enabled: true, value: 12 } } })
    await calm()
    const first = [asked(), flagsmith.getValue('font_size'), flagsmith.loadingState, [...told]]
    await flagsmith.identify(ada)
    return [first, asked().length, flagsmith.getValue('font_size'), flagsmith.loadingState]
  },
  state: {
    async run({ flagsmith, init, net }) {
      net.hold()
      const done = init({ identity: ada, state: state(ada) })
      const { source, isLoading } = flagsmith.loadingState!
      const atOnce = [flagsmith.getValue('font_size'), source, isLoading, flagsmith.getTrait('plan')]
      await until(() => net.held.length, 'a request')
      net.held[0]!()
      await done
      return [...atOnce, flagsmith.getValue('font_size')]
    },
    // Traits that a state shows are not written once more.
    theirs: [99, 'SERVER', false, 'pro', 20],
    ours: [99, 'SERVER', false, 'pro', 16],
  },
  async _trigger({ init }) {
    let times = 0
    await init({ _trigger: () => void times++ })
    return times
  },
  async _triggerLoadingState({ init }) {
    let isTold = false
    await init({
      _triggerLoadingState: () => {
        isTold = true
      },
    })
    return isTold
  },
  async applicationMetadata({ init, net }) {
    await init({ applicationMetadata: { name: 'shop', version: '1.2.3' } })
    return net.calls.map(({ headers }) => [
      headers.get('Flagsmith-Application-Name'),
      headers.get('Flagsmith-Application-Version'),
    ])
  },
  async enableEvents({ flagsmith, init }) {
    await init({ enableEvents: true })
    return flagsmith.eventsEnabled
  },
  async eventProcessorConfig({ flagsmith, init, net, side }) {
    await init({ identity: ada, ...EVENTS })
    flagsmith.trackEvent('x')
    await flush(flagsmith, side)
    await until(() => eventsOf(net)[0], 'events')
    return eventsOf(net)
  },
}

/** Something of theirs that does nothing here, and says so. */
function unused(option: string, value: unknown): Scenario {
  return {
    run: ({ init, errors, side }) => init({ [option]: value }).then(() => [side, errors]),
    theirs: ['theirs', []],
    ours: ['ours', [`[guidon] unsupported: ${option}`]],
  }
}

describe('each member of the official instance', () => {
  it('has a scenario, and a row in docs/migrating.md', () => {
    const members = membersOf('IFlagsmith')
    expect(members.length).toBeGreaterThan(25)
    expect(Object.keys(MEMBERS).sort()).toEqual([...new Set(members)].sort())
    expect(members.filter((name) => !isDocumented(name))).toEqual([])
  })
  it('is there', () => {
    const instance = ours.createFlagsmithInstance()
    const missing = membersOf('IFlagsmith').filter((name) => !(name in instance))
    expect(missing).toEqual([])
    const theirs = officialModule.createFlagsmithInstance() as unknown as Record<string, unknown>
    for (const [name, value] of Object.entries(instance))
      if (typeof value === 'function') expect(typeof theirs[name], name).toBe('function')
  })
  it.each(Object.entries(MEMBERS))('%s behaves as theirs, or as the table says', (_, scenario) =>
    check(scenario),
  )
})

describe('each option of init', () => {
  it('has a scenario, and a row in docs/migrating.md', () => {
    const options = membersOf('IInitConfig')
    expect(options.length).toBeGreaterThan(25)
    expect(Object.keys(OPTIONS).sort()).toEqual([...options].sort())
    expect(options.filter((name) => !isDocumented(name))).toEqual([])
  })
  it.each(Object.entries(OPTIONS))('%s does what theirs does, or what the table says', (_, scenario) =>
    check(scenario),
  )
})

describe('the modules', () => {
  it('export what theirs export', () => {
    const values = Object.keys(officialModule)
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(values))
    expect({ ...ours.FlagSource }).toEqual({ ...(officialModule as { FlagSource?: object }).FlagSource })
  })
  it('export React’s part, too', () => {
    const names = exportsOf('react.d.ts')
    expect(names).toContain('useFlags')
    const values = names.filter((name) => name !== 'FlagsmithContextType')
    expect(Object.keys(oursReact)).toEqual(expect.arrayContaining(values))
    expect(names.filter((name) => !isDocumented(name))).toEqual([])
  })
})
