import type { FlagsStore } from './flags-store.ts'

/**
 * What is used of a client of [node-redis](https://www.npmjs.com/package/redis) 5 or newer. Nothing of it is imported: the
 * client is the app's, with its address, its password and its way to reconnect.
 */
export interface RedisClient {
  readonly isReady: boolean
  get(key: string): Promise<string | null>
  set(
    key: string,
    text: string,
    options: { expiration: { type: 'PX'; value: number }; condition?: 'NX' },
  ): Promise<unknown>
  del(key: string): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  duplicate(): RedisSubscriber
}

/** A connection of its own, for one that subscribes can do nothing else. */
export interface RedisSubscriber {
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  destroy(): void
}

/**
 * A store in Redis, by the app's client. The app listens to the client's `error` event, as node-redis demands, connects it
 * and closes it.
 *
 * @example
 * const client = createClient({ url }).on('error', count)   // of the package redis
 * client.connect()
 * const cache = flagsCache({ environmentKey, store: redisStore(client) })
 */
export const redisStore = (client: RedisClient): FlagsStore => {
  /** Without a connection node-redis keeps commands for later. A late answer is of no use here, and a late lease does harm. */
  const connected = async () => {
    if (!client.isReady) throw new Error('Redis is not connected')
    return client
  }
  const expiration = (ttlMs: number) => ({ type: 'PX', value: Math.ceil(ttlMs) }) as const

  return {
    get: async (key) => (await connected()).get(key),
    set: async (key, text, ttlMs) => (await connected()).set(key, text, { expiration: expiration(ttlMs) }),
    delete: async (key) => (await connected()).del(key),
    lease: async (key, ttlMs) =>
      (await (await connected()).set(key, '', { expiration: expiration(ttlMs), condition: 'NX' })) !== null,
    publish: async (channel, message) => (await connected()).publish(channel, message),
    subscribe(channel, listener) {
      const own = client.duplicate()
      // It reconnects and subscribes again by itself. That Redis is down is told by the commands of the other connection.
      own.on('error', () => {})
      own
        .connect()
        .then(() => own.subscribe(channel, listener))
        .catch(() => {})
      return () => {
        try {
          own.destroy()
        } catch {
          // It was closed before.
        }
      }
    },
  }
}
