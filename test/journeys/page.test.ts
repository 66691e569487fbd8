// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ada, calm, useWorld } from '../world.ts'
import { openShop } from './shop.ts'

const defaults = { flags: { discount: { enabled: true, value: 0 } } }

describe('in a page', () => {
  const world = useWorld()
  const { localStorage } = window
  beforeEach(() => {
    localStorage.clear()
    world.net.serve(openShop())
  })
  const visit = async (options = {}) => {
    const flags = world.client({ identity: ada, defaults, ...options })
    const first = flags.value('discount', -1)
    const told = world.told(flags)
    const ready = await flags.ready({ from: 'network' })
    await calm()
    return { flags, first, told, ready }
  }

  it('flags are kept in localStorage by default, and are there in the next visit’s first statement', async () => {
    expect((await visit()).first).toBe(0)
    expect((await visit()).first).toBe(5)
    expect(Object.keys(localStorage).every((key) => key.startsWith('guidon.'))).toBe(true)
  })

  it('sends neither cookies nor the address of the page', async () => {
    const calls: (RequestInit | undefined)[] = []
    const real = globalThis.fetch
    await visit({
      fetch: (input: string, init?: RequestInit) => {
        calls.push(init)
        return real(input, init)
      },
    })
    expect(calls[0]).toMatchObject({
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'manual',
    })
  })

  it('works where storage is denied, and says so once', async () => {
    vi.stubGlobal('localStorage', undefined)
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get() {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    const { flags, told } = await visit()
    vi.unstubAllGlobals()
    expect(flags.value('discount', -1)).toBe(5)
    expect(told.error.map(({ code }) => code)).toEqual(['storage'])
  })

  it('works where the storage is full, and leaves the old entry in its place', async () => {
    await visit()
    const before = JSON.stringify({ ...localStorage })
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => localStorage.getItem(key),
      removeItem: (key: string) => localStorage.removeItem(key),
      setItem() {
        throw new DOMException('full', 'QuotaExceededError')
      },
    })
    const shop = openShop()
    shop.set('discount', { feature_state_value: 7 })
    world.net.serve(shop)
    const { flags, first, told } = await visit()
    vi.unstubAllGlobals()
    expect([first, flags.value('discount', -1)]).toEqual([5, 7])
    expect(told.error.map(({ code }) => code)).toEqual(['storage'])
    expect(JSON.stringify({ ...localStorage })).toBe(before)
  })

  it('removes an entry that is spoiled, and starts from the bundled flags', async () => {
    await visit()
    const key = Object.keys(localStorage).find((name) =>
      localStorage.getItem(name)?.includes('discount'),
    ) as string
    localStorage.setItem(key, `${localStorage.getItem(key)?.slice(0, 40)}`)
    world.net.offline()
    const { first } = await visit()
    expect(first).toBe(0)
    expect(localStorage.getItem(key)).toBeNull()
  })
})
