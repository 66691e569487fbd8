// One life of an app: from its start until it is killed. `globalThis.launch` says which, and what the device had; what is
// learned of it is printed, a line of JSON each, and last what the device has then.

import { createClient } from 'guidon'
import { analytics, experiments } from 'guidon/analytics'
import { lifecycle, polling, realtime } from 'guidon/live'
import { reactNative } from 'guidon/react-native'
import { createAppState, createAsyncStorage, createNetInfo, Mmkv3, Mmkv4 } from './device'
import defaults from './guidon.flags.json'
import { network, pass } from './platform'
import { createServer } from './server'

const { life, device, kept, online = true } = globalThis.launch
const ada = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const bob = 'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'
const MINUTE = 60_000

const texts = new Map(device)
const appState = createAppState()
const netInfo = createNetInfo(online)
const server = createServer(kept)
network.isThere = online
network.answer = server.answer

const say = (what, facts) => globalThis.print(JSON.stringify({ what, ...facts }))
/** The device gains or loses its network, and says so. */
const turn = (isThere) => {
  network.isThere = isThere
  netInfo.turn(isThere)
}

const open = (parts, options) => {
  const native = reactNative({ appState, netInfo, ...parts })
  return createClient({
    environmentKey: 'client-key',
    api: 'https://flags.test/api/v1/',
    retries: 0,
    defaults,
    ...native,
    use: [lifecycle(native)],
    ...options?.(native),
  })
}
const seen = (flags) => ({
  discount: flags.value('discount', -1),
  banner: flags.value('banner', ''),
  source: flags.flag('discount')?.source,
  state: flags.status.state,
  error: flags.status.error?.code,
  pending: flags.pending,
  asked: network.asked.length,
})

const lives = {
  async first(storage) {
    const flags = open({ storage }, () => ({ identity: ada }))
    say('at once', seen(flags))
    const told = []
    flags.on('change', ({ changed, source }) => told.push([changed, source]))
    await pass(1_000)
    say('a second later', { ...seen(flags), told, call: network.asked[0] })
  },

  async offline(storage) {
    const flags = open({ storage }, () => ({ identity: ada }))
    say('at once', seen(flags))
    await pass(1_000)
    say('a second later', seen(flags))
    flags.setTraits({ plan: 'pro' }).catch(() => {})
    await pass(1_000)
    say('a trait was set', seen(flags))
  },

  async reconnect(storage) {
    const flags = open({ storage }, () => ({ identity: ada }))
    await pass(1_000)
    say('still offline', seen(flags))
    turn(true)
    await pass(1_000)
    say('online', { ...seen(flags), kept: server.kept })
  },

  async users(storage) {
    const flags = open({ storage }, () => ({ identity: { id: ada, traits: { plan: 'pro' } } }))
    await pass(1_000)
    say('ada', seen(flags))
    const identified = flags.identify(bob)
    say('bob, at once', seen(flags))
    // `pass` gives the answer its time.
    await Promise.all([identified, pass(1_000)])
    say('bob', seen(flags))
    const refused = flags.identify('ada@example.com').catch(({ code }) => code)
    await pass(1_000)
    say('an e-mail address', { code: await refused, identity: flags.identity === bob })
    await Promise.all([flags.reset(), pass(1_000)])
    say('nobody', { ...seen(flags), identity: flags.identity })
  },

  async background(storage) {
    open({ storage }, (native) => ({ identity: ada, use: [polling({ ...native, intervalMs: MINUTE })] }))
    await pass(10 * MINUTE)
    const polled = network.asked.length
    appState.turn('inactive')
    appState.turn('background')
    await pass(10 * MINUTE)
    const asleep = network.asked.length
    appState.turn('active')
    await pass(1_000)
    say('the app was away', { polled, asleep: asleep - polled, back: network.asked.length - asleep })
  },

  async stream(storage) {
    const streams = []
    class EventSource {
      listeners = {}
      constructor(url) {
        this.url = url
        streams.push(this)
      }
      addEventListener(type, listener) {
        this.listeners[type] = listener
      }
      close() {
        this.isClosed = true
      }
    }
    const flags = open({ storage, eventSource: EventSource }, (native) => ({ use: [realtime(native)] }))
    await pass(1_000)
    streams[0].listeners.open({ type: 'open' })
    server.banner = 'Sale!'
    streams[0].listeners.environment_updated({ data: '{"updated_at": 1}' })
    await pass(1_000)
    say('the server changed', { ...seen(flags), url: streams[0].url })
    appState.turn('background')
    await pass(1_000)
    say('in the background', { isClosed: streams[0].isClosed })
  },

  async 'no stream'(storage) {
    open({ storage }, (native) => ({ use: [realtime(native)] }))
    await pass(30 * MINUTE)
    const streams = network.asked.filter(({ url }) => url.includes('/sse/'))
    say('half an hour', { polls: network.asked.length - streams.length })
  },

  async counted(storage) {
    const events = experiments()
    const flags = open({ storage }, () => ({ identity: ada, use: [analytics(), events] }))
    flags.value('discount', 0)
    flags.value('discount', 0)
    events.track('purchase', { value: 42 })
    await pass(20_000)
    const posts = network.asked.filter(({ method }) => method === 'POST')
    say('posted', { posts: posts.map(({ url, body }) => ({ url, body })) })
  },

  async anonymous(storage) {
    let seed = 7
    const random = (bytes) => bytes.map((_, i) => (bytes[i] = seed = (seed * 31 + 11) % 256))
    const flags = open({ storage, random }, () => ({ anonymous: true }))
    await pass(1_000)
    say('anonymous', { ...seen(flags), identity: flags.identity })
  },

  async 'nothing random'(storage) {
    const flags = open({ storage }, () => ({ anonymous: true }))
    const told = []
    flags.on('error', ({ code, message }) => told.push(`${code}: ${message}`))
    await pass(1_000)
    say('anonymous', { ...seen(flags), identity: flags.identity, told })
    const traits = flags.setTraits({ plan: 'pro' }).then(
      () => 'sent',
      ({ code }) => code,
    )
    await pass(1_000)
    say('traits of nobody', { ...seen(flags), traits: await traits })
  },
}

const storages = {
  'MMKV 3': () => new Mmkv3(texts),
  'MMKV 4': () => new Mmkv4(texts),
  AsyncStorage: () => createAsyncStorage(texts, () => 5),
}

lives[life](storages[globalThis.launch.storage]()).then(
  () => say('killed', { device: [...texts], kept: server.kept }),
  (error) => say('crashed', { message: `${error}`, stack: error.stack }),
)
