import type { EvaluationContext, AnyProviderEvent as Event, Provider } from '@openfeature/web-sdk'
import type { Experiments } from '../analytics/experiments.ts'
import type { Client, ReadyOptions } from '../client/client.ts'
import type { GuidonError } from '../model/errors.ts'
import { traitsOf } from './context.ts'
import { evaluator, type Readable } from './details.ts'
import { createEmitter } from './emitter.ts'

/** What the provider uses of a client. Any `createClient()` gives it, whatever flags it knows. */
export interface ProviderClient
  extends Readable,
    Pick<Client, 'all' | 'ready' | 'identify' | 'setTraits' | 'reset' | 'on'> {}

/** What `guidonProvider()` takes beside the client. */
export interface GuidonProviderOptions {
  /** Where `track()` sends: the `experiments()` that the client has in `use`. Without it nothing is tracked. */
  readonly events?: Experiments
  /** What the SDK waits for until the provider is ready. Default: flags from anywhere, at most 5 seconds. */
  readonly ready?: ReadyOptions
  /**
   * What a boolean is. `'value'` (default): the flag's value, and for a flag without a value whether it is on. `'enabled'`:
   * whether it is on, whatever its value, as in Flagsmith's own providers.
   */
  readonly booleans?: 'value' | 'enabled'
}

/**
 * A provider for OpenFeature's web SDK. The client is the app's: it makes it, and closes it.
 *
 * @example
 * const flags = createClient({ environmentKey })
 * await OpenFeature.setProviderAndWait(guidonProvider(flags), { targetingKey: guid, plan: 'pro' })
 */
export const guidonProvider = (
  client: ProviderClient,
  { events: experiments, ready, booleans }: GuidonProviderOptions = {},
): Provider => {
  const events = createEmitter()
  let stops: readonly (() => void)[] = []
  /** The state that the SDK takes it for, by the event that leads to it. */
  let told: string | undefined
  /** How many starts and changes of context are under way, and the last change. Meanwhile the state is the SDK's. */
  let pending = 0
  let moves = 0
  let last: Promise<void> | undefined
  /** Why the guards refused who the context says it is, or the identity that the client has by it. */
  let refused: GuidonError | undefined | false
  let identity: unknown
  /** The error or the state of the client in which flags were found. */
  let found: unknown

  const emit = (event: string, details?: object) =>
    events.emit(`PROVIDER_${event}` as Event, details as never)
  /** Where what is shown is from, if there is anything. `all()` makes every flag, so this is not for each evaluation. */
  const source = () => Object.values(client.all())[0]?.source
  /** Whether flags of this user have come, from the device or the server: what was found holds until the state is another. */
  const hasCome = () => {
    const { state, error = state } = client.status
    // From the network or from storage.
    if (found !== error && /^[ns]/.test(`${source()}`)) found = error
    return state === 'fresh' || found === error
  }
  const isLost = () => refused || (!hasCome() && !source())

  /** Tells how it stands, where that is not what the SDK takes it for. */
  const tell = () => {
    const { state, error } = client.status
    if (pending || /ing$/.test(state)) return
    const lost = isLost()
    const now = lost ? 'ERROR' : state === 'fresh' ? 'READY' : 'STALE'
    if (now !== told) emit(now, { message: error?.message, errorCode: lost ? 'GENERAL' : undefined })
    told = now
  }

  /** Brings the client from one context to another: at once for readers, and the promise waits for the server. */
  const move = async (old: EvaluationContext, next: EvaluationContext): Promise<void> => {
    pending++
    told = 'ERROR'
    const turn = ++moves
    const was = old.targetingKey
    const id = next.targetingKey
    const before = client.identity
    const isOther = id && (id !== was || !before || before !== identity)
    const traits = traitsOf(next)
    if (id === was) for (const key in traitsOf(old)) traits[key] ??= null
    /** A trait that the client refuses is left out: that is no reason to be somebody else. */
    const act = (): Promise<void> =>
      (isOther ? client.identify(id, traits) : client.setTraits(traits)).catch((error) => {
        if (turn !== moves || !(error.key in traits)) throw error
        delete traits[error.key]
        return act()
      })
    let error: GuidonError | undefined
    try {
      // Logged out, or it was not known yet who it is: a key was being hashed.
      const left = was && id !== was && !(id && before) && client.reset()
      const change = (isOther || Object.keys(traits)[0]) && act()
      // Refused, or in need of another try: in any case it is not who was here before.
      if (isOther && before && before !== id && before === client.identity) client.reset()
      await change
      await left
    } catch (caught) {
      error = caught as GuidonError
    }
    pending--
    // The SDK says how something ended after us.
    setTimeout(tell)
    // Not settled before the change that came after it.
    if (turn !== moves) return last
    // The codes that end in `-identifier`.
    refused = /-id/.test(`${error?.code}`) && error
    identity = refused || client.identity
    if (error && isLost()) throw error
  }

  const evaluate = evaluator(client, hasCome, booleans)
  return {
    metadata: { name: 'guidon' },
    runsOn: 'client',
    // One client is one user, and each domain may have its own.
    domainScoped: true,
    events,

    async initialize(context = {}) {
      stops = [
        client.on('status', tell),
        client.on('change', ({ changed }) => emit('CONFIGURATION_CHANGED', { flagsChanged: [...changed] })),
      ]
      pending++
      last = move({}, context)
      last.catch(() => {})
      // What is there already can be read on the next line: only what is not is waited for.
      if (!isLost()) emit('READY')
      const { error } = await client.ready(ready)
      // A turn of the event loop, and a refusal has arrived.
      await new Promise((done) => setTimeout(done))
      pending--
      setTimeout(tell)
      if (isLost()) throw refused || error || Error('no flags')
      told = 'READY'
    },

    async onContextChange(old, next) {
      last = move(old, next)
      await last
      told = 'READY'
    },

    async onClose() {
      for (const stop of stops) stop()
      events.removeAllHandlers()
    },

    resolveBooleanEvaluation: evaluate('boolean'),
    resolveStringEvaluation: evaluate('string'),
    resolveNumberEvaluation: evaluate('number'),
    resolveObjectEvaluation: evaluate('object'),

    track(name, _, { value, ...metadata } = {}) {
      experiments?.track(name, { value, metadata })
    },
  }
}
