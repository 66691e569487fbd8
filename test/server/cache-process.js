// One process of a server, for `processes.test.ts`: a flags cache over Redis, which does what the test tells it.
import { flagsCache, redisStore, webhook } from 'guidon/server'
import { createClient } from 'redis'

const [api, redisUrl, maxAgeMs] = process.argv.slice(2)
const redis = createClient({ url: redisUrl, socket: { reconnectStrategy: 50 } }).on('error', () => {})
await redis.connect()
const store = redisStore(redis)

const told = { asked: 0, answered: 0, colors: [], errors: [], rejections: 0 }
process.on('unhandledRejection', () => told.rejections++)

let cache
let loaded = false
const note = (flags) => {
  const color = flags.value('color', 'none')
  told.answered++
  if (told.colors.at(-1) !== color) told.colors.push(color)
  return color
}
const get = async (id) => {
  told.asked++
  return note(await cache.get(id))
}

const commands = {
  start() {
    cache = flagsCache({
      environmentKey: 'key',
      api,
      store,
      maxAgeMs: Number(maxAgeMs),
      onError: ({ code }) => told.errors.push(code),
    })
  },
  get,
  /** Visitors that come as fast as they can. */
  load() {
    loaded = true
    const come = () => {
      if (loaded) get().finally(() => setTimeout(come))
    }
    for (let visitor = 0; visitor < 10; visitor++) come()
  },
  async rest() {
    loaded = false
    while (told.asked > told.answered) await new Promise((resolve) => setTimeout(resolve, 5))
    return told
  },
  told: () => told,
  receive: async ({ secret, body, signature }) => {
    const receive = webhook({ secret, store, onChange: () => cache.invalidate() })
    const headers = { 'X-Flagsmith-Signature': signature }
    return (await receive(new Request('http://shop.test/', { method: 'POST', headers, body }))).status
  },
}
process.on('message', async ([id, command, argument]) =>
  process.send([id, (await commands[command](argument)) ?? null]),
)
process.send('ready')
