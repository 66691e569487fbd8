import {
  type Client,
  type ClientOptions,
  createClient,
  type Inside,
  type KnownFlags,
  memoryStorage,
  type SnapshotData,
  type Storage,
} from 'guidon'
import type { Name } from '../client/client.ts'
import { apiBase } from '../client/options.ts'
import type { Row } from '../model/flag.ts'
import { FakeStorage } from './fake-storage.ts'
import { type Declared, type FlagInput, type FlagInputs, said } from './flag-input.ts'
import { createNetwork, type TestAnswers, type TestRequest } from './network.ts'

/** What `testClient()` takes: all that `createClient()` does but the network, which is its own. */
export interface TestClientOptions<F extends object = KnownFlags>
  extends Omit<ClientOptions, 'environmentKey' | 'fetch' | 'snapshot'> {
  /** What the server has: the same for everybody. Default: nothing. */
  readonly flags?: FlagInputs<F> | undefined
  /**
   * `'fresh'`: the flags are there on the next line. `'starting'`: the first request is out, and waits for `release()`.
   * `'offline'`: there is no network from the start. Default: `'fresh'`.
   */
  readonly start?: 'fresh' | 'starting' | 'offline' | undefined
  /** Default: `'test-key'`, as that of `environment()`. */
  readonly environmentKey?: string | undefined
}

/** What a test can do to the surroundings of its client. */
export interface TestControls<F extends object = KnownFlags> {
  /**
   * Changes a flag on the server, or with `undefined` removes it. The client has it on the next line, and its listeners hear of it
   * before the promise is through. It has it with its next refresh only, where nothing can reach it: offline, while
   * requests are held, and while something else answers.
   */
  set<K extends Name<F>>(name: K, flag: FlagInput<F[K]> | undefined): Promise<void>
  /** The network is gone: each request fails, as it does in life. What the client shows changes when it next asks. */
  goOffline(): void
  goOnline(): void
  /**
   * How requests are answered from now on: a status, the text of a body, `{ status, headers, body }`, a function of the
   * request, or a server such as that of `guidon/edge`. `undefined`: as in the beginning.
   *
   * @param options.times for how many requests. Default: all.
   */
  answerWith(answers: TestAnswers, options?: { readonly times?: number | undefined }): void
  /** From now on requests wait on their way to the server … */
  hold(): void
  /** … until they may go on. Resolves when what comes of that has come. */
  release(): Promise<void>
  /** All that left the device, in order. `requests.length = 0` empties it. */
  readonly requests: TestRequest[]
  /** Resolves when nothing is under way any more but what the test itself holds. It looks at no clock. */
  settled(): Promise<void>
}

/** A client, and a hand on its surroundings. */
export interface TestClient<F extends object = KnownFlags> extends Client<F>, TestControls<F> {}

/** Longer than any way through the client that waits for nothing. */
const TURNS = 200

/**
 * A client for tests: the very one that apps have, over a network that is not there. It starts with its flags, asks nobody until
 * the test or the app does, keeps what it keeps in memory, and leaves no timer behind.
 *
 * `retries` are 0, so that no test waits for one.
 *
 * @throws GuidonError `invalid-option` for a flag that none can be.
 * @example
 * const flags = testClient({ flags: { 'new-checkout': true, 'font-size': 16 } })
 * await flags.set('new-checkout', false)
 */
export const testClient = <F extends object = KnownFlags>(
  options: TestClientOptions<Declared<F>> = {},
): TestClient<F> => {
  const { flags = {}, start = 'fresh', ...own } = options
  const { environmentKey = 'test-key', storage = memoryStorage() } = own
  const api = apiBase(own.api ?? 'https://flags.test/api/v1/')
  const table = new Map<string, Row>()
  const put = (name: string, input: unknown) => {
    if (input === undefined) table.delete(name)
    else table.set(name, said(name, input, table.get(name)))
  }
  for (const [name, input] of Object.entries(flags)) put(name, input)

  const network = createNetwork(api, () => table)
  if (start === 'starting') network.hold()
  if (start === 'offline') network.goOffline()

  /** What a storage that answers later is at. */
  const operations = new Set<Promise<unknown>>()
  /** Nothing once the client is closed. */
  let inside: Inside | undefined
  const client = createClient<F>({
    ...own,
    environmentKey,
    api,
    retries: own.retries ?? 0,
    storage: storage instanceof FakeStorage ? storage : watched(storage, operations),
    snapshot: start === 'fresh' ? pageOf(own, environmentKey, table) : undefined,
    fetch: network.fetch,
    use: [
      (given) => {
        inside = given
        return () => {
          inside = undefined
        }
      },
      ...(own.use ?? []),
    ],
  })

  /** What the server tells by itself. */
  const tell = () => {
    if (!inside || !network.isOpen()) return
    inside.take({
      identity: inside.identity()?.id,
      source: 'network',
      at: inside.clock(),
      flags: new Map(table),
    })
    // An answer from before may still be on its way.
    if (network.underWay.size) inside.refresh()
  }

  const settled = async () => {
    for (let turn = 0; turn < TURNS; turn++) {
      const underWay = [...network.underWay, ...operations]
      if (underWay.length) turn = 0
      await Promise.allSettled(underWay)
    }
  }

  const controls: TestControls<F> = {
    set(name, flag) {
      put(name, flag)
      tell()
      return settled()
    },
    goOffline: network.goOffline,
    goOnline: network.goOnline,
    answerWith: (answers, { times } = {}) => network.answerWith(answers, times),
    hold: network.hold,
    release() {
      network.release()
      return settled()
    },
    requests: network.requests,
    settled,
  }
  return Object.assign(client, controls)
}

/** The flags as they would come with a page, so that they are there at once and nobody has to be asked. */
const pageOf = (
  { identity, anonymous, guards }: Pick<ClientOptions, 'identity' | 'anonymous' | 'guards'>,
  environment: string,
  table: ReadonlyMap<string, Row>,
  id = typeof identity === 'object' ? identity.id : identity,
): SnapshotData => ({
  v: 1,
  environment,
  identity: id,
  // Where nobody knows yet under which identifier it will be: a page for whoever reads it. Then the server is asked.
  shared: (id == null && anonymous) || [guards?.personal, guards?.guessable].includes('hash'),
  source: 'network',
  // Clocks are rounded, and flags of the future would be of no known age.
  at: Date.now() - 1,
  flags: [...table],
})

/** A storage whose answers that come later count as under way. */
const watched = (storage: Storage, operations: Set<Promise<unknown>>): Storage => {
  const watch = <T>(answer: T): T => {
    if (answer instanceof Promise) {
      const over: Promise<unknown> = answer.catch(() => {}).then(() => operations.delete(over))
      operations.add(over)
    }
    return answer
  }
  return {
    get: (key) => watch(storage.get(key)),
    set: (key, text) => watch(storage.set(key, text)),
    delete: (key) => watch(storage.delete(key)),
    keys: () => watch(storage.keys()),
  }
}
