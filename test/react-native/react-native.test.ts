import { afterEach, describe, expect, it, vi } from 'vitest'
import { lifecycle, polling, realtime } from '../../src/live.ts'
import { reactNative } from '../../src/react-native.ts'
import { MINUTE, pass, SECOND, useWorld } from '../live/world.ts'
import { createAppState, createAsyncStorage, createNetInfo, createTexts, Mmkv3, Mmkv4 } from './device.ts'

/** What the app brings along. */
const defaults = { flags: { colour: { enabled: true, value: 'bundled' } } }

describe('a client with the parts of React Native', () => {
  const world = useWorld()
  afterEach(() => void vi.unstubAllGlobals())

  it.each([
    ['MMKV 3', Mmkv3],
    ['MMKV 4', Mmkv4],
  ])('shows what %s kept in the statement after createClient', async (_, Mmkv) => {
    const texts = createTexts()
    const start = () => world.made({ defaults, ...reactNative({ storage: new Mmkv(texts) }) }).flag('colour')
    expect(start()?.source).toBe('defaults')
    await pass(0)
    expect(start()?.source).toBe('storage')
  })

  it('shows what AsyncStorage kept a moment after the bundled flags', async () => {
    const texts = createTexts()
    const start = () => world.made({ defaults, ...reactNative({ storage: createAsyncStorage(texts) }) })
    start()
    await pass(SECOND)
    world.net.flags = () => Promise.reject(new Error('offline'))
    const flags = start()
    expect(flags.flag('colour')?.source).toBe('defaults')
    await pass(SECOND)
    expect(flags.flag('colour')?.source).toBe('storage')
  })

  it('asks for nothing in the background, and at once when the user is back', async () => {
    const appState = createAppState()
    const netInfo = createNetInfo()
    const native = reactNative({ storage: new Mmkv4(), appState, netInfo })
    const flags = world.made({ ...native, use: [polling({ ...native, intervalMs: MINUTE })] })
    await pass(SECOND)
    appState.turn('background')
    await pass(10 * MINUTE)
    expect(world.net.asked).toHaveLength(1)
    appState.turn('active')
    await pass(0)
    expect(world.net.asked).toHaveLength(2)
    netInfo.turn(false)
    await pass(10 * MINUTE)
    expect(world.net.asked).toHaveLength(2)
    netInfo.turn(true)
    await pass(0)
    expect(world.net.asked).toHaveLength(3)
    flags.close()
    expect([appState.listeners(), netInfo.listeners()]).toEqual([0, 0])
  })

  it('delivers what was set offline as soon as NetInfo finds a network', async () => {
    const netInfo = createNetInfo()
    const native = reactNative({ storage: new Mmkv4(), netInfo })
    const flags = world.made({ ...native, use: [lifecycle(native)] })
    await pass(0)
    netInfo.turn(false)
    const { flags: respond } = world.net
    world.net.flags = () => Promise.reject(new Error('offline'))
    flags.setTraits({ plan: 'pro' }).catch(() => {})
    await pass(SECOND)
    expect([flags.pending, flags.status.state]).toEqual([1, 'offline'])
    world.net.flags = respond
    netInfo.turn(true)
    await pass(0)
    expect([flags.pending, flags.status.state]).toEqual([0, 'fresh'])
  })

  it('hands the EventSource on, so that realtime needs no more', async () => {
    const made: string[] = []
    class EventSource {
      constructor(url: string) {
        made.push(url)
      }
      addEventListener() {}
      close() {}
    }
    const native = reactNative({ storage: new Mmkv4(), eventSource: EventSource })
    world.made({ ...native, use: [realtime(native)] })
    await pass(0)
    expect(made).toEqual(['https://flags.test/sse/environments/client-key/stream'])
  })

  it('makes anonymous GUIDs with the random source it is given', async () => {
    const random = (bytes: Uint8Array) => bytes.fill(7)
    const flags = world.made({
      ...reactNative({ storage: new Mmkv4(), random }),
      identity: {},
      anonymous: true,
    })
    await pass(0)
    expect(flags.identity).toBe('07070707-0707-4707-8707-070707070707')
  })

  it('is without a GUID, and not without flags, where there is nothing random', async () => {
    vi.stubGlobal('crypto', undefined)
    const flags = world.made({ ...reactNative({ storage: new Mmkv4() }), identity: {}, anonymous: true })
    await pass(0)
    expect(flags.identity).toBeUndefined()
    expect(flags.status.error?.code).toBe('unsupported')
    expect(flags.flag('colour')?.source).toBe('network')
  })
})
