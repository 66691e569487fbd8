/** What runs in place of the package `redis`: all of Redis that one process needs. The compiler sees the real one. */
export const createClient = (_options?: { url: string }) => {
  const texts = new Map<string, string>()
  const heard = new Map<string, (message: string) => void>()
  const client = {
    isReady: true,
    on: () => client,
    connect: async () => client,
    duplicate: () => client,
    destroy() {},
    get: async (key: string) => texts.get(key) ?? null,
    async set(key: string, text: string, { condition }: { condition?: 'NX' } = {}) {
      if (condition && texts.has(key)) return null
      texts.set(key, text)
      return 'OK'
    },
    del: async (key: string) => texts.delete(key),
    publish: async (channel: string, message: string) => heard.get(channel)?.(message),
    subscribe: async (channel: string, listener: (message: string) => void) =>
      void heard.set(channel, listener),
  }
  return client
}
