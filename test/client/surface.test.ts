import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { memoryStorage, type SnapshotData } from '../../src/index.ts'
import { ada, answerTo, bob, calm, KEY, until, useWorld } from '../world.ts'

const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '🚩',
  'x'.repeat(200),
  '"><b>&\\\n',
]

describe('reads', () => {
  const world = useWorld()
  const shown = async (values: Record<string, unknown>) => {
    world.net.respond = (call) => answerTo(call, values)
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    return flags
  }

  it('give the fallback for an unknown flag', async () => {
    const flags = await shown({})
    expect(flags.isEnabled('nothing')).toBe(false)
    expect(flags.isEnabled('nothing', true)).toBe(true)
    expect(flags.value('nothing', 16)).toBe(16)
    expect(flags.json('nothing', { fallback: 7 })).toBe(7)
    expect(flags.flag('nothing')).toBeUndefined()
    for (const name of HOSTILE) {
      expect(flags.isEnabled(name)).toBe(false)
      expect(flags.value(name, 'none')).toBe('none')
      expect(flags.flag(name)).toBeUndefined()
      expect(flags.all()[name]).toBeUndefined()
    }
  })

  it('give a value of the fallback’s type, and the fallback for any other', async () => {
    const flags = await shown({
      number: 16,
      text: '16',
      yes: true,
      nothing: null,
      no: false,
      zero: 0,
      empty: '',
    })
    expect(flags.value('number', 1)).toBe(16)
    expect(flags.value('number', 'one')).toBe('one')
    expect(flags.value('text', 1)).toBe(1)
    expect(flags.value('text', '')).toBe('16')
    expect(flags.value('yes', false)).toBe(true)
    expect(flags.value('nothing', 'none')).toBe('none')
    expect([flags.value('no', true), flags.value('zero', 1), flags.value('empty', 'x')]).toEqual([
      false,
      0,
      '',
    ])
  })

  it('know flags with any name', async () => {
    const flags = await shown(Object.fromEntries(HOSTILE.map((name) => [name, `of ${name}`])))
    for (const name of HOSTILE) {
      expect(flags.isEnabled(name)).toBe(true)
      expect(flags.value(name, '')).toBe(`of ${name}`)
      expect(flags.flag(name)).toMatchObject({ name, value: `of ${name}` })
      expect(flags.all()[name]?.value).toBe(`of ${name}`)
    }
    expect(Object.keys(flags.all()).sort()).toEqual([...HOSTILE].sort())
  })

  it('parse JSON, and check it with any Standard Schema', async () => {
    const flags = await shown({
      theme: '{"dark":true,"size":16}',
      list: '[1,2]',
      half: '{"dark":',
      number: 7,
      off: null,
    })
    const schema = z.object({ dark: z.boolean(), size: z.number() })
    expect(flags.json('theme')).toEqual({ dark: true, size: 16 })
    expect(flags.json('theme', { schema })).toEqual({ dark: true, size: 16 })
    expect(flags.json('list', { schema, fallback: { dark: false, size: 1 } })).toEqual({
      dark: false,
      size: 1,
    })
    expect(flags.json('list', { schema })).toBeUndefined()
    expect(flags.json('half', { fallback: 'x' })).toBe('x')
    expect(flags.json('off', { fallback: 'x' })).toBe('x')
    expect(flags.json('number')).toBe(7)
    const lowered = z.object({ dark: z.boolean().transform((dark) => (dark ? 'night' : 'day')) })
    expect(flags.json('theme', { schema: lowered })).toEqual({ dark: 'night' })
  })

  it('give the fallback where a schema throws or answers later', async () => {
    const flags = await shown({ theme: '{}' })
    const schema = (validate: () => never) => ({ '~standard': { version: 1 as const, validate } })
    const throwing = schema(() => {
      throw new Error('mine')
    })
    const later = schema((() => Promise.resolve({ value: 1 })) as never)
    expect(flags.json('theme', { schema: throwing, fallback: 'x' as never })).toBe('x')
    expect(flags.json('theme', { schema: later, fallback: 'x' as never })).toBe('x')
  })

  it('work apart from their client', async () => {
    const { isEnabled, value, json, flag, all } = await shown({ a: '1' })
    expect([isEnabled('a'), value('a', ''), json('a'), flag('a')?.value, all().a?.value]).toEqual([
      true,
      '1',
      1,
      '1',
      '1',
    ])
  })
})

describe('nothing that a client gives away', () => {
  const world = useWorld()

  it('can be used to change what it shows', async () => {
    world.net.respond = (call) => answerTo(call, { a: 'one', theme: '{"dark":true}' })
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    const told = world.told(flags)
    await flags.ready({ from: 'network' })
    await calm()
    const before = JSON.stringify([flags.all(), flags.traits(), flags.snapshot(), flags.status])

    const spoil = (thing: unknown): void => {
      if (typeof thing !== 'object' || thing === null) return
      for (const key of Reflect.ownKeys(thing)) {
        spoil(Reflect.get(thing, key))
        if (key !== 'length') Reflect.set(thing, key, 'spoiled')
        Reflect.deleteProperty(thing, key)
      }
      Reflect.set(thing, 'more', 'spoiled')
    }
    for (const thing of [
      flags.all(),
      flags.flag('a'),
      flags.traits(),
      flags.snapshot(),
      flags.status,
      told.change,
    ])
      spoil(thing)
    spoil(flags.json('theme'))
    spoil(await flags.ready())

    expect(JSON.stringify([flags.all(), flags.traits(), flags.snapshot(), flags.status])).toBe(before)
  })

  it('is a flag that can be changed', async () => {
    const flags = world.client({ defaults: { flags: { a: { enabled: true, value: 1 } } } })
    expect(Object.isFrozen(flags.all())).toBe(true)
    expect(Object.isFrozen(flags.flag('a'))).toBe(true)
  })

  it('is what it was given: bundled flags that the app changes later stay what they were', () => {
    const defaults = { flags: { a: { enabled: true, value: 1 } } }
    const flags = world.client({ defaults })
    defaults.flags.a.value = 2
    expect(flags.value('a', 0)).toBe(1)
  })
})

describe('listeners', () => {
  const world = useWorld()

  it('hear what changed and where from, before the call that caused it resolves', async () => {
    const flags = world.client({ identity: ada, defaults: { flags: { gone: { enabled: true, value: 1 } } } })
    const told = world.told(flags)
    await flags.refresh()
    expect(told.change).toEqual([{ changed: ['color', 'gone'], source: 'network' }])
  })

  it('of one flag hear of that flag only, with what it is now', async () => {
    world.net.respond = (call) => answerTo(call, { a: 1, b: 1 })
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    await calm()
    const heard: unknown[] = []
    flags.onFlag('a', (flag) => heard.push(flag?.value))
    const off = flags.onFlag('b', () => heard.push('b'))
    world.net.respond = (call) => answerTo(call, { a: 2, b: 1 })
    await flags.refresh()
    off()
    world.net.respond = (call) => answerTo(call, { b: 2 })
    await flags.refresh()
    expect(heard).toEqual([2, undefined])
  })

  it('hear of a change once, however many steps it took in one tick', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    await flags.identify(bob)
    await calm()
    const told = world.told(flags)
    world.net.hold()
    flags.identify(ada)
    await calm()
    expect(told.change).toEqual([{ changed: ['color'], source: 'storage' }])
    await until(() => world.net.held[0])
    world.net.held[0]?.()
  })

  it('that throw stop nobody: not the others, not the refresh', async () => {
    const flags = world.client({ identity: ada })
    const told = world.told(flags)
    flags.on('change', () => {
      throw new Error('mine')
    })
    flags.onFlag('color', () => {
      throw new Error('mine too')
    })
    let heard = 0
    flags.on('change', () => heard++)
    await flags.refresh()
    await calm()
    expect(heard).toBe(1)
    expect(told.error.map(({ code, cause }) => [code, String(cause)])).toEqual([
      ['listener', 'Error: mine'],
      ['listener', 'Error: mine too'],
    ])
  })

  it('may call the client', async () => {
    const flags = world.client({ identity: ada })
    flags.on('change', () => {
      if (flags.identity === ada) flags.identify(bob)
    })
    await flags.ready({ from: 'network' })
    await until(() => flags.value('color', '') === `of ${bob}`)
  })

  it('of the status hear it starting, fresh, refreshing and failing, each once', async () => {
    const flags = world.client({ identity: ada })
    const told = world.told(flags)
    await flags.ready({ from: 'network' })
    await calm()
    await flags.refresh()
    world.net.offline()
    await flags.refresh().catch(() => {})
    await calm()
    expect(told.status.map(({ state }) => state)).toEqual([
      'starting',
      'fresh',
      'refreshing',
      'fresh',
      'refreshing',
      'offline',
    ])
    expect(told.status.at(-1)?.error?.code).toBe('network')
    expect(told.status.at(-1)?.nextAttemptAt).toBeGreaterThan(Date.now() - 1_000)
  })
})

describe('ready', () => {
  const world = useWorld()

  it('gives what the device has at once, without waiting for the network', async () => {
    const storage = memoryStorage()
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    world.net.hold()
    const flags = world.client({ identity: ada, storage })
    const ready = await flags.ready()
    expect(ready).toMatchObject({ source: 'storage', stale: false })
    expect(ready.ageMs).toBeLessThan(60_000)
  })

  it('waits for the network where the device has only bundled flags', async () => {
    const flags = world.client({
      identity: ada,
      defaults: { flags: { color: { enabled: true, value: 'bundled' } } },
    })
    expect(await flags.ready()).toMatchObject({ source: 'network' })
  })

  it('settles inside its budget when nobody answers, and says so', async () => {
    world.net.hold()
    const flags = world.client({ identity: ada })
    expect(await flags.ready({ from: 'network', timeoutMs: 5 })).toEqual({
      source: 'defaults',
      ageMs: Number.POSITIVE_INFINITY,
      stale: true,
    })
  })

  it('waits for the user of the moment', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.hold()
    flags.identify(bob)
    const ready = flags.ready({ from: 'network' })
    await until(() => world.net.held[0])
    world.net.held[0]?.()
    expect(await ready).toMatchObject({ source: 'network' })
    expect(flags.value('color', '')).toBe(`of ${bob}`)
  })
})

describe('ages', () => {
  const world = useWorld()

  it('make flags stale after maxAgeMs, and fresh again with an answer', async () => {
    const flags = world.client({ identity: ada, maxAgeMs: 5 })
    await flags.ready({ from: 'network' })
    await until(() => flags.flag('color')?.stale)
    expect(flags.status.state).toBe('stale')
    await flags.refresh()
    expect(flags.status.error).toBeUndefined()
  })

  it('are unknown, so stale, when the clock was set back between two sessions', async () => {
    const storage = memoryStorage()
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    world.net.hold()
    const now = Date.now
    Date.now = () => now() - 86_400_000
    const flags = world.client({ identity: ada, storage })
    const ready = await flags.ready()
    Date.now = now
    expect(ready).toMatchObject({ source: 'storage', stale: true, ageMs: Number.POSITIVE_INFINITY })
  })

  it('are right when the clock is set back within a session', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    const now = Date.now
    Date.now = () => now() - 86_400_000
    const { ageMs, stale } = await flags.ready()
    Date.now = now
    expect(ageMs).toBeLessThan(60_000)
    expect(stale).toBe(false)
  })
})

describe('apply', () => {
  const world = useWorld()
  const started = async (apply: 'next-start' | Record<string, 'now' | 'next-start'>) => {
    const storage = memoryStorage()
    world.net.respond = (call) => answerTo(call, { a: 1, b: 1 })
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    world.net.respond = (call) => answerTo(call, { a: 2, b: 2, c: 2 })
    const open = () => world.client({ identity: ada, storage, apply })
    const flags = open()
    const told = world.told(flags)
    await flags.ready({ from: 'network' })
    await calm()
    return { flags, open, told }
  }

  it('next-start keeps what is shown, shows what waits, and takes it with the next start', async () => {
    const { flags, open, told } = await started('next-start')
    expect([flags.value('a', 0), flags.value('b', 0), flags.value('c', 0)]).toEqual([1, 1, 2])
    expect(flags.flag('a')?.next).toEqual({ enabled: true, value: 2 })
    expect(flags.flag('c')).toHaveProperty('next', undefined)
    expect(told.change).toEqual([{ changed: ['c'], source: 'network' }])
    const next = open()
    expect([next.value('a', 0), next.flag('a')?.next]).toEqual([2, undefined])
  })

  it('is a matter of each flag where the app says so', async () => {
    const { flags } = await started({ a: 'next-start' })
    expect([flags.value('a', 0), flags.value('b', 0)]).toEqual([1, 2])
  })

  it('next-start keeps bundled flags on a first visit', async () => {
    world.net.respond = (call) => answerTo(call, { a: 2 })
    const flags = world.client({
      apply: 'next-start',
      defaults: { flags: { a: { enabled: true, value: 1 } } },
    })
    await flags.ready({ from: 'network' })
    expect(flags.flag('a')).toMatchObject({ value: 1, next: { value: 2 } })
  })
})

describe('a snapshot of the server', () => {
  const world = useWorld()
  const rendered = async (options = {}): Promise<SnapshotData> => {
    const server = world.client({ identity: ada, ...options })
    await server.ready({ from: 'network' })
    const data = server.snapshot()
    world.net.calls.length = 0
    world.net.respond = (call) => answerTo(call, { color: 'newer' })
    return JSON.parse(JSON.stringify(data))
  }

  it('is what the page shows at once, and costs no second request while it is fresh', async () => {
    const snapshot = await rendered()
    const flags = world.client({ identity: ada, snapshot })
    expect(flags.flag('color')).toMatchObject({ value: `of ${ada}`, source: 'network', stale: false })
    expect(await flags.ready({ from: 'network' })).toMatchObject({ source: 'network' })
    await calm()
    expect(world.net.calls).toHaveLength(0)
    await flags.refresh()
    expect(flags.value('color', '')).toBe('newer')
  })

  it('is kept on the device, for the next visit', async () => {
    const snapshot = await rendered()
    const storage = memoryStorage()
    world.client({ identity: ada, snapshot, storage })
    await calm()
    world.net.offline()
    expect(world.client({ identity: ada, storage }).value('color', 'none')).toBe(`of ${ada}`)
  })

  it('is refreshed when it is stale', async () => {
    const snapshot = { ...(await rendered()), at: Date.now() - 3_600_000 }
    const flags = world.client({ identity: ada, snapshot })
    expect(flags.flag('color')).toMatchObject({ value: `of ${ada}`, stale: true })
    await flags.ready({ from: 'network' })
    await until(() => flags.value('color', '') === 'newer')
  })

  it('is not taken for another user, another environment, or when it is none', async () => {
    const snapshot = await rendered()
    world.net.hold()
    const value = (options: object) =>
      world.client({ identity: ada, snapshot, ...options }).value('color', 'none')
    expect(value({})).toBe(`of ${ada}`)
    expect(value({ identity: bob })).toBe('none')
    expect(value({ identity: undefined })).toBe('none')
    expect(value({ environmentKey: 'other' })).toBe('none')
    expect(value({ snapshot: { ...snapshot, v: 2 } })).toBe('none')
    expect(value({ snapshot: { ...snapshot, flags: [['color', ['yes', {}]]] } })).toBe('none')
    expect(value({ snapshot: {} })).toBe('none')
  })

  it('that is shared has no identity in it, and is shown to whoever reads the page, who is then asked for', async () => {
    const server = world.client({ identity: ada })
    await server.ready({ from: 'network' })
    const snapshot = server.snapshot({ shared: true })
    expect(JSON.stringify(snapshot)).not.toContain(`"${ada}"`)
    expect(snapshot).toMatchObject({ v: 1, environment: KEY, shared: true })
    const flags = world.client({ identity: bob, snapshot })
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    await until(() => flags.value('color', '') === `of ${bob}`)
  })

  it('that is shared stays so when it is handed on before the server has said whose flags are which', async () => {
    const everyone = world.client()
    await everyone.ready({ from: 'network' })
    const server = world.client({ identity: ada, snapshot: everyone.snapshot({ shared: true }) })
    const page = world.client({ identity: ada, snapshot: server.snapshot() })
    await until(() => page.value('color', '') === `of ${ada}`)
    await server.ready({ from: 'network' })
    expect(server.snapshot()).not.toHaveProperty('shared')
  })

  it('that is shared is preferred to older stored flags, so that the first paint does not flicker', async () => {
    const storage = memoryStorage()
    await world.client({ identity: bob, storage }).ready({ from: 'network' })
    await calm()
    world.net.respond = (call) => answerTo(call, { color: 'of the page' })
    const server = world.client()
    await server.ready({ from: 'network' })
    await until(() => Date.now() > 0)
    const snapshot = { ...server.snapshot({ shared: true }), at: Date.now() + 1 }
    world.net.hold()
    expect(world.client({ identity: bob, storage, snapshot }).value('color', '')).toBe('of the page')
  })
})

describe('extensions', () => {
  const world = useWorld()

  it('see a client that works, and are stopped with it', async () => {
    const log: unknown[] = []
    const flags = world.client({
      identity: ada,
      use: [
        ({ client, environmentKey, api }) => {
          log.push(client.identity, environmentKey, api)
          return () => log.push('stopped')
        },
        () => {},
      ],
    })
    expect(log).toEqual([ada, KEY, 'https://flags.test/api/v1/'])
    flags.close()
    flags.close()
    expect(log.filter((entry) => entry === 'stopped')).toHaveLength(1)
  })

  it('that come when the client is closed leave nothing running', () => {
    const flags = world.client()
    const { use } = flags
    flags.close()
    let running = 0
    const extension = () => {
      running++
      return () => running--
    }
    flags.use(extension)
    use(extension)
    expect(running).toBe(0)
  })

  it('may come later, see the same client as the first, and are stopped with it', () => {
    const seen: unknown[] = []
    const log: string[] = []
    const flags = world.client({ identity: ada, use: [({ client }) => void seen.push(client)] })
    flags.use(({ client, api }) => {
      seen.push(client)
      log.push(api)
      return () => log.push('stopped')
    })
    expect(seen).toEqual([flags, flags])
    flags.close()
    expect(log).toEqual(['https://flags.test/api/v1/', 'stopped'])
  })

  it('that replace reads are heard by all listeners, also by those that were there before', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    await calm()
    const heard: unknown[] = []
    flags.onFlag('color', (flag) => heard.push(flag?.value, flag?.source))
    flags.on('settled', () => heard.push('settled'))
    flags.use(({ client }) => {
      const { flag } = client
      client.flag = (name) => ({ ...flag(name)!, value: 'of a tester', source: 'override' })
      client.emit('settled')
      client.emit('change', { changed: ['color'], source: 'override' })
    })
    await calm()
    expect(heard).toEqual(['settled', 'of a tester', 'override'])
  })

  it('may replace the fetch of the client, also one of the app’s own, from the first request on', async () => {
    const own: string[] = []
    const seen: string[] = []
    const flags = world.client({
      identity: ada,
      fetch: (input, init) => {
        own.push(`${input}`)
        return fetch(input, init)
      },
      use: [
        (inside) => {
          const { fetch } = inside
          inside.fetch = (input, init) => {
            seen.push(`${input}`)
            return fetch(input, init)
          }
          return () => {
            inside.fetch = fetch
          }
        },
      ],
    })
    await flags.ready({ from: 'network' })
    expect(seen).toEqual(own)
    expect(own).toHaveLength(1)
  })
})
