import { type Client, createClient, type GuidonError, type Inside, type Storage } from 'guidon'
import type { More, Reads } from 'guidon/migrate/more'
import { changes, flagsFrom, idOf, inputsOf, plain, plainTraits, rowsOf } from './flags.ts'
import { sameName } from './names.ts'
import {
  type ClientEvaluationContext,
  type EvaluationContext,
  type EventOptions,
  FlagSource,
  type Flagsmith,
  type GetValueOptions,
  type HasFeatureOptions,
  type IdentityEvaluationContext,
  type IFlags,
  type IFlagsmithFeature,
  type IFlagsmithResponse,
  type IFlagsmithTrait,
  type IFlagsmithValue,
  type IInitConfig,
  type IState,
  type ITraits,
  type LoadingState,
} from './types.ts'

/** The status that stands for a request which is not made. Not 400, or the client would give traits up. */
const HELD = 418

/** Options of which `guidon/migrate/more` knows. */
const MORE = /Async|Metadata|realtime|enable|datadog|sentry|angular/

/** What a server knows of somebody (`undefined`: of nobody), which our client does not keep. */
interface Known {
  readonly id?: string | undefined
  readonly traits: Record<string, IFlagsmithValue>
}

/**
 * An instance with the interface of the official client (`@flagsmith/flagsmith`), on top of ours. What is different, and
 * why: docs/migrating.md.
 *
 * @example
 * const flagsmith = createFlagsmithInstance()
 * await flagsmith.init({ environmentID: 'your-client-side-key', cacheFlags: true, onChange: render })
 */
export const createFlagsmithInstance = <F extends string = string, T extends string = string>(): Flagsmith<
  F,
  T
> => {
  let config: IInitConfig = {}
  /** Who the app says it is for, and where. */
  let context: ClientEvaluationContext = {}
  let client: Client | undefined
  let inside: Inside
  /** Where nothing is to be kept: as long as this instance. */
  const memory = new Map<string, string>()
  /** What only some ask for, when it is asked for; and when it is there. */
  let coming: Promise<More | undefined> | undefined
  let more: More | undefined

  /** The first request may not be made, until the app asks for one. */
  let isHeld: boolean | undefined
  /** There was no request: what the client takes for an answer is what the device had. */
  let isKept: boolean | undefined
  /** Settles when it is known what the official client left. */
  let loaded: unknown
  let known: Known = { traits: {} }
  /** What came with the page: from a server, but by no request of ours. */
  let page: unknown
  /** The flags in their shape, made anew when there are others. */
  let flags: IFlags
  let flagsOf: unknown

  let loading: LoadingState = { error: null, isFetching: true, isLoading: true, source: FlagSource.NONE }
  /** What was told last. */
  let told: { of?: unknown; flags: object; traits: object } = { flags: {}, traits: {} }
  let toldLoading: unknown
  let toldError: unknown
  /** Who waits for the first flags hears of those of the device. */
  let arrive: (() => void) | undefined

  /** Names of flags that were read, to be counted. */
  let reads: Reads | undefined

  const fail = (error: unknown): undefined => {
    // The same error may come as an event and by a promise, and one of a request that was held is none.
    if (error === toldError || (error as GuidonError).status === HELD) return
    toldError = error
    config.onError?.(error as Error)
  }

  /** Looks after a promise: who does not await it causes no unhandled rejection, and `onError` hears all the same. */
  const heed = (promise: Promise<unknown>): Promise<void> => {
    const done = promise.then(
      () => {},
      (error) => {
        // Another call came in between, and brings what this one would have brought.
        if (/superseded|closed/.test(error.code)) return
        fail(error)
        throw error
      },
    )
    done.catch(() => {})
    return done
  }

  const load = () => {
    coming ??= import('guidon/migrate/more').then(({ moreOf }) => {
      more = moreOf(config)
      if (client) more.begin(inside, fail, reads)
      return more
    }, fail)
    return coming
  }

  /** The flags of the device are older than the app wants them. */
  const isExpired = (): boolean => {
    const { ttl } = config.cacheOptions ?? {}
    const { source, at } = inside.latest()
    return !!ttl && source === 'storage' && inside.clock() - at > ttl
  }
  const isTooOld = () => isExpired() && !config.cacheOptions?.loadStale
  const defaultFlags = () => config.defaultFlags ?? {}

  const read = (): IFlags => {
    if (flagsOf !== inside.latest()) {
      flagsOf = inside.latest()
      flags = flagsFrom(isTooOld() ? defaultFlags() : client!.all(), more)
    }
    return flags
  }

  const traitsNow = (): Record<string, IFlagsmithValue> => ({
    ...(client && known.id === client.identity && known.traits),
    ...plainTraits(client ? client.traits() : context.identity?.traits),
  })

  const look = (): LoadingState => {
    if (client) {
      const { state, error } = client.status
      const { source: from } = inside.latest()
      const source =
        from === 'network' && !isKept
          ? FlagSource.SERVER
          : from !== 'defaults' && !isTooOld()
            ? FlagSource.CACHE
            : Object.keys(read())[0]
              ? FlagSource.DEFAULT_FLAGS
              : FlagSource.NONE
      const isFetching = !(isHeld && config.preventFetch) && state.endsWith('ing')
      const wrong = error && error.status !== HELD ? error : null
      // The same object as long as it says the same.
      if (loading.source !== source || loading.isFetching !== isFetching || loading.error !== wrong)
        loading = { error: wrong, isFetching, isLoading: isFetching && source === FlagSource.NONE, source }
    }
    return loading
  }

  /** Something happened: tells of what came, and of all that looks different. */
  const hear = () => {
    const of = inside.latest()
    const state = look()
    const isFromServer = state.source === FlagSource.SERVER && of !== page
    const isArrival = isFromServer || (of.source === 'storage' && !isTooOld())
    const before = told
    const now = { of, flags: read(), traits: traitsNow() }
    const flagsChanged = changes(before.flags, now.flags)
    if (toldLoading !== state) {
      toldLoading = state
      flagsmith._triggerLoadingState?.()
    }
    if (before.of !== of && (isArrival || flagsChanged)) {
      told = now
      config.onChange?.(
        isFromServer ? (before.flags as IFlags) : null,
        { isFromServer, flagsChanged, traitsChanged: changes(before.traits, now.traits) },
        state,
      )
      flagsmith._trigger?.()
    }
    if (isArrival) arrive?.()
  }

  /** The client's `fetch`: with the app's headers, and an eye on what only the official interface tells. */
  const fetcher = async (mine: Client, url: string, init: { body?: string; headers?: object }) => {
    const isFlags = /^(flags|identities)\//.test(url.replace(inside.api, ''))
    await coming
    const given = (status: number, text: string, headers: unknown = new Headers()) => ({
      status,
      ok: status > 199 && status < 300,
      headers,
      text: async () => text,
    })
    if (isFlags && isHeld) {
      await loaded
      const wasHeld = isHeld
      isHeld = false
      if (wasHeld && config.preventFetch) return given(HELD, '')
      const kept = wasHeld && (await more?.kept(inside, init.body, isExpired))
      if (kept) {
        isKept = true
        return given(200, kept)
      }
    }
    const came: Response = await (config.fetch ?? fetch)(url, {
      ...init,
      headers: { ...init.headers, ...more?.headers, ...config.headers },
    })
    if (!isFlags) return came
    const text = await came.text()
    try {
      const body = JSON.parse(text)
      const id = init.body
        ? JSON.parse(init.body).identifier
        : decodeURIComponent(url.split('identifier=')[1] ?? '') || undefined
      const { flags = body, traits = [] }: IFlagsmithResponse = body
      // It may be for somebody who was here before, or, out of a careless cache, about somebody else.
      if (mine === client && id === mine.identity && (body.identifier ?? id) === id) {
        known = {
          id,
          traits: Object.fromEntries(
            traits.map(({ trait_key, trait_value }) => [trait_key.replace(/ /g, '_'), trait_value]),
          ),
        }
        more?.look(flags)
      }
      isKept = false
    } catch {
      // No answer. The client finds that, too.
    }
    return given(came.status, text, came.headers)
  }

  /** Makes the client: at the start, and anew for what it is told only once. */
  const open = () => {
    client?.close()
    arrive?.()
    const { identity } = context
    const { AsyncStorage, cacheFlags, defaultFlags, storage, use = [] } = config
    const later = (method: keyof Storage): never =>
      (async (...texts: [string, string]) => {
        const storage = await (await coming)!.storage!
        return storage[method](...texts)
      }) as never
    const device: Storage = {
      get: later('get'),
      set: later('set'),
      delete: later('delete'),
      keys: later('keys'),
    }
    const mine: Client = createClient({
      ...config,
      environmentKey: context.environment?.apiKey as string,
      identity: {
        id: identity?.identifier || undefined,
        traits: inputsOf(identity?.traits),
        transient: !!identity?.transient,
      },
      defaults: defaultFlags && { flags: defaultFlags },
      fetch: ((url: string, init: object) => fetcher(mine, url, init)) as never,
      storage: storage ?? (cacheFlags ? AsyncStorage && device : memory),
      use: [
        ...use,
        (now) => {
          inside = now
          return () => more?.end()
        },
      ],
    })
    client = mine
    isKept = false
    more?.begin(inside, fail, reads)
    keep()
    mine.on('settled', () => {
      if (mine === client) hear()
    })
    mine.on('error', (error) => {
      if (mine !== client) return
      // That was no failure, and the next start is not to wait because of it.
      if (error.status === HELD) inside.storage.delete('retry')
      fail(error)
    })
  }

  /** Remembers the traits that the client has taken. What the guards refused is not tried again. */
  const keep = () => {
    const traits = client!.traits()
    if (context.identity || Object.keys(traits)[0])
      context = { ...context, identity: { ...context.identity, traits } }
  }

  /** Shows flags that came otherwise than by a request, when they are of this user. */
  const take = (state: IState, source: 'network' | 'storage', at: number) => {
    const { identity } = client!
    const flags = rowsOf(state.flags)
    if (flags && idOf(state) === identity) inside.take({ identity, source, at, flags })
  }

  /** Shows what came with the page. */
  const show = (state: IState) => {
    take(state, 'network', inside.clock())
    page = inside.latest()
    known = { id: idOf(state), traits: plainTraits(state.evaluationContext?.identity?.traits) }
  }

  /**
   * Takes over what the official client left on the device. It goes when there is something better: the identifier and all
   * traits are in it, in clear.
   */
  const adopt = () => {
    const mine = client!
    const key = inside.environmentKey
    const left = config.cacheOptions?.storageKey || `FLAGSMITH_DB_${key}`
    const use = (text: string | null) => {
      if (!text || mine !== client) return
      const off = mine.on('settled', () => {
        if (inside.latest().source !== 'network') return
        off()
        const remove = async (name: string) =>
          device.removeItem ? device.removeItem(name) : device.setItem(name, '')
        for (const name of [left, `FLAGSMITH_EVENT_${key}`]) remove(name).catch(() => {})
      })
      const state: IState = JSON.parse(text)
      if (state.api === inside.api && state.evaluationContext?.environment?.apiKey === key)
        take(state, 'storage', state.ts ?? 1)
    }
    let device: typeof localStorage
    try {
      device = config.AsyncStorage ?? globalThis.localStorage
      const text = device.getItem(left) as unknown
      if (text instanceof Promise) loaded = text.then(use).catch(() => {})
      else use(text as string)
    } catch {
      // None, denied, or not a word of theirs.
    }
  }

  /** The server's first answer, or flags of the device. */
  const arrival = async () => {
    const { nextAttemptAt, error } = client!.status
    try {
      // Nobody is asked for now: the page before this one was told to wait.
      if (nextAttemptAt) throw error
      // What is out already serves this, too.
      await Promise.race([client!.refresh(), new Promise<void>((resolve) => (arrive = resolve))])
    } catch (error) {
      // Who has flags goes on with them.
      if (!config.cacheFlags || !Object.keys(read())[0]) throw error
      fail(error)
    }
  }

  const start = async (next: IInitConfig) => {
    client?.close()
    client = toldError = page = loaded = coming = more = undefined
    known = { traits: {} }
    const { environmentID, state, traits } = next
    const given = next.evaluationContext ?? context
    const identifier = next.identity ?? (given.identity ? undefined : idOf(state))
    config = next
    flagsmith._trigger = next._trigger ?? flagsmith._trigger
    flagsmith._triggerLoadingState = next._triggerLoadingState ?? flagsmith._triggerLoadingState
    context = {
      ...given,
      environment: environmentID ? { apiKey: environmentID } : given.environment,
      ...((identifier || traits) && { identity: { identifier, traits } as IdentityEvaluationContext }),
    }
    const skips = next.cacheFlags && next.cacheOptions?.skipAPI
    isHeld = next.preventFetch || skips
    const waiting: string[] = []
    reads = next.enableAnalytics ? { waiting, take: (name) => waiting.push(name) } : undefined
    if (skips || Object.entries(next).some(([option, value]) => value && MORE.test(option))) load()
    open()
    if (state) show(state)
    // What the app brought along is no news, unless nothing else comes.
    told = { flags: next.preventFetch ? {} : state ? read() : flagsFrom(defaultFlags()), traits: {} }
    if (next.cacheFlags) adopt()

    if (!next.preventFetch) await arrival()
  }

  const become = async (next: ClientEvaluationContext): Promise<void> => {
    const before = context
    const { identity } = next
    context = { ...next, environment: next.environment ?? before.environment }
    if (!client) return
    isHeld = false
    const id = identity?.identifier
    if (
      context.environment?.apiKey !== before.environment?.apiKey ||
      !identity?.transient !== !before.identity?.transient
    ) {
      open()
      return arrival()
    }
    if (identity === before.identity) return client.refresh()
    const was = client.identity
    const traits = inputsOf(identity?.traits)
    let done = id ? client.identify(id, traits) : client.reset()
    if (!id && Object.keys(traits)[0]) done = client.setTraits(traits)
    // It was refused. Whoever it is, they are not shown what is of who was here before.
    if (was && client.identity === was && id !== before.identity?.identifier) client.reset()
    keep()
    return done
  }
  const setContext = (next: ClientEvaluationContext) => heed(become(next))

  const setTraits = (traits: ITraits): Promise<void> => {
    const { identity } = context
    if (!client)
      return setContext({ ...context, identity: { ...identity, traits: { ...identity?.traits, ...traits } } })
    isHeld = false
    for (const [key, trait] of Object.entries(traits)) if (plain(trait) === null) delete known.traits[key]
    const done = client.setTraits(inputsOf(traits))
    keep()
    return heed(done)
  }

  const getContext = (): EvaluationContext => {
    const { identity } = context
    const given: Record<string, unknown> = inputsOf(identity?.traits)
    const traits = Object.entries(traitsNow()).map(([key, value]) => [
      key,
      Object(given[key]).transient ? given[key] : { value },
    ])
    return {
      ...context,
      identity: identity && {
        ...identity,
        identifier: client ? client.identity : identity.identifier,
        traits: Object.fromEntries(traits),
      },
    } as EvaluationContext
  }

  /** A flag that somebody reads. */
  const flagOf = (name: string, isSkipped?: boolean): IFlagsmithFeature | undefined => {
    const flag = client && read()[sameName(name)]
    if (!isSkipped) reads?.take(name)
    return flag
  }

  const flagsmith = {
    get client() {
      return client
    },
    get identity() {
      return client?.identity
    },
    get initialised() {
      return !!client
    },
    get loadingState() {
      return look()
    },
    get eventsEnabled() {
      return !!config.enableEvents
    },
    get api() {
      return client && inside.api
    },
    get cacheOptions() {
      return { ttl: 0, skipAPI: false, loadStale: false, ...config.cacheOptions }
    },
    _trigger: undefined as IInitConfig['_trigger'],
    _triggerLoadingState: undefined as IInitConfig['_triggerLoadingState'],

    init: (next: IInitConfig) => heed(start(next)),
    getFlags: () => setContext(context),
    setContext,
    updateContext: (next: ClientEvaluationContext) => setContext({ ...context, ...next }),
    getContext,
    identify: (identifier: string, traits: ITraits = {}, transient = false) =>
      setContext({ ...context, identity: { identifier, traits, transient } }),
    logout: () => setContext({ ...context, identity: null }),
    setTrait: (key: string, value: IFlagsmithTrait) => setTraits({ [key]: value }),
    setTraits,
    getTrait(key: string) {
      const traits = traitsNow()
      const name = Object.keys(traits).find((name) => sameName(name) === sameName(key))
      return traits[key] ?? traits[name as string]
    },
    getAllTraits: traitsNow,

    hasFeature(name: string, options?: HasFeatureOptions) {
      const { fallback = false, skipAnalytics } = Object(options)
      return flagOf(name, options === true || skipAnalytics)?.enabled ?? fallback
    },
    getValue(name: string, options: GetValueOptions<unknown> = {}, isSkipped?: boolean) {
      const { fallback, json, skipAnalytics } = options
      const value = flagOf(name, isSkipped || skipAnalytics)?.value ?? null
      if (value === null) return fallback ?? null
      try {
        return json ? JSON.parse(value as string) : value
      } catch {
        return fallback
      }
    },
    getAllFlags: () => client && read(),

    getState(): IState {
      const context = getContext()
      const traits = context.identity?.traits ?? {}
      // What is for one evaluation only is not for a page.
      for (const key in traits) if (traits[key]?.transient) delete traits[key]
      return {
        api: client && inside.api,
        flags: client && read(),
        ts: client && inside.latest().at,
        identity: client?.identity,
        evaluationContext: context,
        evaluationEvent: null,
      } as IState
    },
    setState(state?: IState) {
      if (!state) return
      const identity = { identifier: idOf(state) as string }
      if (client) {
        if (identity.identifier !== client.identity) setContext({ ...context, identity })
        show(state)
      } else {
        // Flags to read, and nobody is asked until `init` says whom.
        context = { environment: { apiKey: '-' }, ...context, ...state.evaluationContext, identity }
        config = { ...config, api: state.api, preventFetch: true }
        isHeld = true
        open()
        show(state)
        told = { of: page, flags: read(), traits: {} }
      }
    },

    startListening(intervalMs = 1000) {
      load().then((more) => more?.poll(intervalMs))
    },
    stopListening() {
      coming?.then((more) => more?.poll())
    },

    trackEvent(event: string, options?: EventOptions) {
      coming?.then((more) => more?.track(event, options))
    },
    trackExposureEvent(name: string, options?: EventOptions) {
      coming?.then((more) => more?.track('$flag_exposure', options, name))
    },
    getExperimentFlag(name: string) {
      const flag = flagOf(name, true)
      if (flag?.enabled && flag.experiment?.inExperiment && look().source === FlagSource.SERVER)
        more?.expose(name)
      return flag ?? null
    },
    /** They are on the device, and sent within ten seconds: there is nothing to wait for. */
    flushEvents: async () => {},
    /** Packages around the official client call it. */
    log() {},
  }
  return flagsmith as never
}

/** The instance that most apps use. */
export const flagsmith: Flagsmith = /* @__PURE__ */ createFlagsmithInstance()
