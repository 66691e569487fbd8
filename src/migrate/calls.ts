import { createClient } from 'guidon'
import type { More } from 'guidon/migrate/more'
import { flagsFrom, flagsOf } from './flags.ts'
import { adopt } from './left-behind.ts'
import { isNone, tell } from './news.ts'
import { optionsOf } from './options.ts'
import type { Open, Session } from './session.ts'
import { show } from './state.ts'
import type { ClientEvaluationContext, IFlagsmith, IInitConfig, ITraits } from './types.ts'
import { idOf, inputsOf, keepTraits, plain } from './user.ts'

/** Options of which `guidon/migrate/more` knows. */
const MORE = /Async|Metadata|realtime|enable|datadog|sentry|angular/

/** Members of the instance that begin a session, or change who it is for. */
type Calls = Pick<
  IFlagsmith,
  | 'init'
  | 'setContext'
  | 'updateContext'
  | 'getFlags'
  | 'identify'
  | 'logout'
  | 'setTrait'
  | 'setTraits'
  | 'setState'
>

/** The session of now; what loads `guidon/migrate/more`, and what uses it once somebody has asked for it; and the calls. */
type Parts = readonly [
  now: () => Session,
  load: () => Promise<More | undefined>,
  withMore: (use: (more: More) => void) => void,
  calls: Calls,
]

export const createCalls = (flagsmith: () => IFlagsmith): Parts => {
  let session: Session = { config: {}, context: {} }
  /** Where nothing is to be kept: as long as this instance. */
  const memory = new Map<string, string>()
  /** What only some ask for, when it is asked for. */
  let coming: Promise<More | undefined> | undefined
  let toldError: unknown

  const fail = (error: unknown): undefined => {
    // The same error may come as an event and by a promise.
    if (error === toldError || isNone(error)) return
    toldError = error
    try {
      session.config.onError?.(error as Error)
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Looks after a promise: who does not await it causes no unhandled rejection, and `onError` hears all the same. */
  const heed = (promise: Promise<void>): Promise<void> => {
    keepTraits(session)
    const done = promise.catch((error) => {
      fail(error)
      if (!isNone(error)) throw error
    })
    done.catch(() => {})
    return done
  }

  const load = () => {
    coming ??= import('guidon/migrate/more').then(({ moreOf }) => moreOf(fail), fail)
    return coming
  }

  const withMore = (use: (more: More) => void) => {
    coming?.then((more) => more && use(more))
  }

  /** Makes the client: at the start, and anew for what it is told only once. */
  const open = (config: IInitConfig, context: ClientEvaluationContext, isHeld?: boolean): Open => {
    session.client?.close()
    const mine: Session = { config, context, more: coming, isHeld, told: session.told }
    session = mine
    const client = createClient(optionsOf(mine, memory))
    withMore((more) => client.use(more.beside(config)))
    client.on('settled', () => {
      if (mine === session) tell(mine as Open, flagsmith())
    })
    client.on('error', (error) => {
      // That was no failure, and the next start is not to wait because of it.
      if (isNone(error)) mine.inside!.storage.delete('retry')
      fail(error)
    })
    return mine as Open
  }

  /** The server's first answer, or flags of the device. */
  const arrival = async (mine: Open) => {
    const { client, config } = mine
    const { nextAttemptAt, error } = client.status
    try {
      // Nobody is asked for now: the page before this one was told to wait.
      if (nextAttemptAt) throw error
      // What is out already serves this, too.
      await Promise.race([client.refresh(), new Promise<void>((resolve) => (mine.arrive = resolve))])
    } catch (error) {
      // Who has flags goes on with them.
      if (!config.cacheFlags || !Object.keys(flagsOf(mine))[0]) throw error
      fail(error)
    }
  }

  const start = async (config: IInitConfig) => {
    const { cacheFlags, environmentID, evaluationContext, preventFetch, state, traits } = config
    const given = evaluationContext ?? session.context
    const identifier = config.identity ?? (given.identity ? undefined : idOf(state))
    const skips = cacheFlags && config.cacheOptions?.skipAPI
    if (skips || Object.entries(config).some(([option, value]) => value && MORE.test(option))) load()

    const mine = open(
      config,
      {
        ...given,
        environment: environmentID ? { apiKey: environmentID } : given.environment,
        ...((identifier || traits) && { identity: { identifier, traits } }),
      } as ClientEvaluationContext,
      preventFetch || skips,
    )
    if (state) show(mine, state)
    // What the app brought along is no news, unless nothing else comes.
    mine.told = {
      flags: preventFetch ? {} : state ? flagsOf(mine) : flagsFrom(config.defaultFlags),
      traits: {},
    }
    if (cacheFlags) mine.loaded = adopt(mine, load)

    if (!preventFetch) await arrival(mine)
  }

  const become = async (next: ClientEvaluationContext): Promise<void> => {
    const { client, config, context } = session
    const { identity } = next
    const environment = next.environment ?? context.environment
    session.context = { ...next, environment }
    if (!client) return
    session.isHeld = false
    const id = identity?.identifier
    if (
      environment?.apiKey !== context.environment?.apiKey ||
      !identity?.transient !== !context.identity?.transient
    )
      return arrival(open(config, session.context))
    if (identity === context.identity) return client.refresh()
    const was = client.identity
    const traits = inputsOf(identity?.traits)
    let done = id ? client.identify(id, traits) : client.reset()
    if (!id && Object.keys(traits)[0]) done = client.setTraits(traits)
    // It was refused. Whoever it is, they are not shown what is of who was here before.
    if (was && client.identity === was && id !== context.identity?.identifier) client.reset()
    return done
  }
  const setContext = (next: ClientEvaluationContext) => heed(become(next))
  const updateContext = (next: ClientEvaluationContext) => setContext({ ...session.context, ...next })

  const setTraits = (traits: ITraits): Promise<void> => {
    const { client, context, known } = session
    const { identity } = context
    if (!client)
      return updateContext({ identity: { ...identity, traits: { ...identity?.traits, ...traits } } })
    session.isHeld = false
    for (const [key, trait] of Object.entries(traits)) if (plain(trait) === null) delete known?.traits[key]
    return heed(client.setTraits(inputsOf(traits)))
  }

  return [
    () => session,
    load,
    withMore,
    {
      init: (config) => heed(start(config)),
      setContext,
      updateContext,
      getFlags: () => updateContext({}),
      identify: (identifier, traits = {} as ITraits, transient?: boolean) =>
        updateContext({ identity: { identifier, traits, transient } }),
      logout: () => updateContext({ identity: null }),
      setTrait: (key, value) => setTraits({ [key]: value }),
      setTraits,
      setState(state) {
        if (!state) return
        const { client, config, context } = session
        if (client) {
          const identifier = idOf(state) as string
          if (identifier !== client.identity) updateContext({ identity: { identifier } })
          show(session as Open, state)
        } else {
          // Flags to read, and nobody is asked until `init` says whom.
          const environment = { apiKey: '-' }
          const evaluationContext = { environment, ...context, ...state.evaluationContext, identity: null }
          heed(start({ ...config, api: state.api, preventFetch: true, state, evaluationContext }))
        }
      },
    },
  ]
}
