import { describe, expect, it } from 'vitest'
import { analytics } from '../../src/analytics.ts'
import { createClient, memoryStorage, type Storage } from '../../src/index.ts'
import { ada, answerTo, bob, type Call, calm, until, useWorld, who } from '../world.ts'

/** Storage that answers later, as IndexedDB does. */
const later = (texts: Storage): Storage => ({
  get: async (key) => texts.get(key),
  set: async (key, text) => texts.set(key, text),
  delete: async (key) => texts.delete(key),
  keys: async () => texts.keys(),
})

const isCount = ({ url }: Call) => url.pathname.endsWith('/analytics/flags/')

describe.each([
  { storages: 'a storage that answers at once', through: (texts: Storage) => texts },
  { storages: 'a storage that answers later', through: later },
])('consent, with $storages', ({ through }) => {
  const world = useWorld()
  const device = () => {
    const texts = memoryStorage()
    // Of somebody else, in the same storage: never touched.
    texts.set('theirs', 'text')
    return {
      storage: through(texts),
      ours: () => [...(texts.keys() as Iterable<string>)].filter((key) => key !== 'theirs'),
      dump: () => [...(texts.keys() as Iterable<string>)].map((key) => texts.get(key)).join('\n'),
      theirs: () => texts.get('theirs'),
    }
  }
  const answered = async (...made: Parameters<typeof world.client>) => {
    const flags = world.client({ identity: ada, ...made[0] })
    await flags.ready({ from: 'network' })
    await calm()
    return flags
  }

  it('is granted when nothing is said: the device keeps flags', async () => {
    const { storage, ours } = device()
    await answered({ storage })
    expect(ours().length).toBeGreaterThan(0)
  })

  it('to storage that is denied keeps nothing, and the flags work all the same', async () => {
    const { storage, ours, theirs } = device()
    const flags = await answered({ storage, consent: { storage: false } })
    await flags.setTraits({ plan: 'pro' })
    await flags.identify(bob)
    await flags.identify(ada)
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    await flags.reset()
    await calm()
    expect(ours()).toEqual([])
    expect(theirs()).toBe('text')
    expect(world.net.calls.map(who)).toEqual([ada, ada, bob, ada, 'nobody'])
  })

  it('to storage that is denied wipes what an earlier session left, and shows none of it', async () => {
    const { storage, ours, theirs } = device()
    const first = await answered({ storage })
    first.close()
    world.net.hold()
    const flags = world.client({ identity: ada, storage, consent: { storage: false } })
    await calm()
    expect(ours()).toEqual([])
    expect(theirs()).toBe('text')
    expect(flags.value('color', 'none')).toBe('none')
  })

  it('to storage that is withdrawn wipes the device at once, and the session goes on in memory', async () => {
    const { storage, ours, theirs } = device()
    const flags = await answered({ storage })
    await flags.identify(bob)
    await calm()
    expect(ours().length).toBeGreaterThan(0)
    const { length } = world.net.calls
    await flags.setConsent({ storage: false })
    expect(ours()).toEqual([])
    expect(flags.value('color', '')).toBe(`of ${bob}`)
    expect(world.net.calls).toHaveLength(length)

    // What the session knew it goes on knowing: Ada's flags are there before the server has answered.
    world.net.hold()
    const back = flags.identify(ada)
    await until(() => flags.flag('color')?.source === 'storage')
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    await until(() => world.net.held.length)
    world.net.held[0]?.()
    await back
    await calm()
    expect(ours()).toEqual([])
    expect(theirs()).toBe('text')
  })

  it('to storage that is granted later keeps the session as it is', async () => {
    const { storage, ours } = device()
    const flags = await answered({ storage, consent: { storage: false } })
    expect(ours()).toEqual([])
    const { length } = world.net.calls
    await flags.setConsent({ storage: true })
    await calm()
    expect(world.net.calls).toHaveLength(length)
    flags.close()

    world.net.offline()
    const next = world.client({ identity: ada, storage })
    await until(() => next.flag('color'))
    expect(next.flag('color')).toMatchObject({ value: `of ${ada}`, source: 'storage' })
  })

  it('to storage that is withdrawn loses no trait that waits, but puts it on no device', async () => {
    const { storage, ours, dump } = device()
    const flags = await answered({ storage })
    const { respond } = world.net
    world.net.offline()
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    await calm()
    expect(dump()).toContain('pro')
    await flags.setConsent({ storage: false })
    expect(ours()).toEqual([])
    await flags.setTraits({ seats: 3 }).catch(() => {})
    await calm()
    expect(ours()).toEqual([])
    expect(flags.pending).toBe(2)
    world.net.respond = respond
    await flags.refresh()
    expect(flags.pending).toBe(0)
    const traits = world.net.calls.at(-1)?.body?.traits?.map(({ trait_key }) => trait_key)
    expect(traits?.sort()).toEqual(['plan', 'seats'])
  })

  it('withdrawn and granted in one breath ends as it was said last', async () => {
    const { storage, ours, dump } = device()
    const flags = await answered({ storage })
    flags.setConsent({ storage: false })
    await flags.setConsent({ storage: true })
    await calm()
    expect(dump()).toContain(`of ${ada}`)
    flags.setConsent({ storage: true })
    await flags.setConsent({ storage: false })
    await calm()
    expect(ours()).toEqual([])
  })

  it('keeps an anonymous visitor the same when storage is granted later, and forgets them when it is not', async () => {
    const { storage, ours } = device()
    const options = { storage, anonymous: true }
    const flags = world.client({ ...options, consent: { storage: false } })
    await flags.ready({ from: 'network' })
    const { identity } = flags
    expect(ours()).toEqual([])
    await flags.setConsent({ storage: true })
    await calm()
    flags.close()
    const again = world.client(options)
    await again.ready({ from: 'network' })
    expect(again.identity).toBe(identity)
    await again.setConsent({ storage: false })
    again.close()
    const other = world.client(options)
    await other.ready({ from: 'network' })
    expect(other.identity).not.toBe(identity)
  })

  it('is what it was where nothing is said, by a field that is undefined too', async () => {
    const { storage, ours } = device()
    const flags = await answered({ storage })
    const before = ours()
    await flags.setConsent({ analytics: true, storage: undefined } as never)
    expect(ours()).toEqual(before)
    expect(before).not.toEqual([])
  })

  it('is granted where a field is undefined from the start', async () => {
    const { storage, dump } = device()
    const nothing = { storage: undefined, analytics: undefined } as never
    const flags = await answered({ storage, use: [analytics()], consent: nothing })
    flags.isEnabled('color')
    flags.close()
    await calm()
    expect(dump()).toContain('{"color":1}')
  })

  it('to analytics is separate: nothing is counted, kept or sent without it', async () => {
    const { storage, dump } = device()
    world.net.respond = (call) => (isCount(call) ? new Response('') : answerTo(call, { color: 'red' }))
    const counts = () => world.net.calls.filter(isCount)
    const flags = await answered({ storage, use: [analytics()], consent: { analytics: false } })
    expect(dump()).toContain('red')
    flags.isEnabled('color')
    flags.close()
    await calm()
    expect(counts()).toEqual([])
    expect(dump()).not.toContain('"color":')

    const granted = await answered({ storage, use: [analytics()], consent: { analytics: false } })
    granted.isEnabled('color')
    await granted.setConsent({ analytics: true })
    granted.isEnabled('color')
    granted.isEnabled('color')
    granted.close()
    await calm()
    expect(dump()).toContain('{"color":2}')

    const withdrawn = await answered({ storage, use: [analytics()] })
    withdrawn.isEnabled('color')
    await withdrawn.setConsent({ analytics: false })
    withdrawn.isEnabled('color')
    withdrawn.close()
    await calm()
    expect(dump()).not.toContain('"color":')
    expect(counts()).toEqual([])
  })

  it('says nothing of what is not named', async () => {
    const { storage, ours } = device()
    const flags = await answered({ storage, consent: { storage: false } })
    await flags.setConsent({ analytics: true })
    await flags.refresh()
    await calm()
    expect(ours()).toEqual([])
  })
})

it('cannot be read from what was given', () => {
  const consent = { storage: false }
  const storage = memoryStorage()
  const flags = createClient({ environmentKey: 'key', api: 'https://nobody.test/', storage, consent })
  consent.storage = true
  flags.refresh()
  flags.close()
  expect([...(storage.keys() as Iterable<string>)]).toEqual([])
})
