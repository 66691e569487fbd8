// @vitest-environment happy-dom
import { act, Fragment, memo, type ReactNode, Suspense, startTransition, useState, version } from 'react'
import { flushSync } from 'react-dom'
import { renderToString } from 'react-dom/server'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Client, type ClientOptions, memoryStorage } from '../../src/index.ts'
import {
  GuidonProvider,
  useFlag,
  useFlagDetails,
  useFlagEnabled,
  useFlags,
  useGuidon,
  useGuidonStatus,
  useSuspenseFlag,
  useTraits,
} from '../../src/react.ts'
import { ada, answerTo, bob, until, useWorld, wireFlag } from '../world.ts'
import { countListeners, useRoots } from './mount.tsx'

const world = useWorld()
const { mount } = useRoots()
let values: Record<string, unknown>

beforeEach(() => {
  values = { color: 'red', size: 16, on: true }
  world.net.respond = (call) => answerTo(call, values)
})

/** A client that has heard from the server. */
const started = async (options: Partial<ClientOptions> = {}): Promise<Client> => {
  const client = world.client({ storage: memoryStorage(), ...options })
  await client.ready({ from: 'network' })
  return client
}
const refresh = (client: Client) => act(() => client.refresh())
const within = (client: Client, node: ReactNode) => <GuidonProvider client={client}>{node}</GuidonProvider>

it('all this is about the React that the project says', () => {
  expect(version.split('.')[0]).toBe(process.env.REACT ?? '19')
})

describe('a hook shows', () => {
  it('a value, with the fallback for what is unknown or of another type', async () => {
    const Page = () =>
      [useFlag('color', 'none'), useFlag('size', 1), useFlag('color', 1), useFlag('?', 'no')].join()
    const { text } = await mount(within(await started(), <Page />))
    expect(text()).toBe('red,16,1,no')
  })

  it('the defaults at once, and what the server says when it has said it', async () => {
    const defaults = { flags: { color: { enabled: true, value: 'grey' } } }
    const client = world.client({ defaults, storage: memoryStorage() })
    const seen: string[] = []
    const Page = () => {
      const color = useFlag('color', '')
      seen.push(color)
      return color
    }
    await mount(within(client, <Page />))
    await act(() => client.ready({ from: 'network' }).then(() => {}))
    expect(new Set(seen)).toEqual(new Set(['grey', 'red']))
  })

  it('whether a flag is on', async () => {
    world.net.respond = () => Response.json([wireFlag('a', 1), wireFlag('b', 2, false)])
    const Page = () =>
      [useFlagEnabled('a'), useFlagEnabled('b', true), useFlagEnabled('c'), useFlagEnabled('c', true)].join()
    const { text } = await mount(within(await started(), <Page />))
    expect(text()).toBe('true,false,false,true')
  })

  it('all about a flag', async () => {
    let shown: unknown
    const Page = () => {
      shown = [useFlagDetails('size'), useFlagDetails('?')]
      return null
    }
    const client = await started()
    await mount(within(client, <Page />))
    expect(shown).toEqual([client.flag('size'), undefined])
  })

  it('several flags, whatever they are called', async () => {
    Object.defineProperty(values, '__proto__', { value: 'odd', enumerable: true })
    let shown: ReturnType<typeof useFlags> = {}
    const Page = () => {
      shown = useFlags(['color', '__proto__', '?'])
      return null
    }
    const client = await started()
    await mount(within(client, <Page />))
    expect(Object.keys(shown)).toEqual(['color', '__proto__', '?'])
    expect(Object.values(shown)).toEqual([client.flag('color'), client.flag('__proto__'), undefined])
  })

  it('the traits, and that they were set', async () => {
    const client = await started({ identity: { id: ada, traits: { plan: 'free' } } })
    const Page = () => JSON.stringify(useTraits())
    const { text } = await mount(within(client, <Page />))
    expect(text()).toBe('{"plan":"free"}')
    await act(() => client.setTraits({ plan: 'pro' }))
    expect(text()).toBe('{"plan":"pro"}')
  })

  it('how the client stands, also when an error has something as its cause that is no JSON', async () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    let isOffline = false
    const real = globalThis.fetch
    const client = await started({
      fetch: (...args) =>
        isOffline ? Promise.reject(Object.assign(new TypeError('no'), { circular })) : real(...args),
    })
    const Page = () => {
      const { state, error } = useGuidonStatus()
      return `${state} ${error?.code}`
    }
    const { text } = await mount(within(client, <Page />))
    expect(text()).toBe('fresh undefined')
    isOffline = true
    await act(() => client.refresh().catch(() => {}))
    expect(text()).toBe('offline network')
  })

  it('text from the server as text', async () => {
    values.color = '<script>document.title = "oh"</script><img src=x onerror=1>'
    const Page = () => <p title={useFlag('color', '')}>{useFlag('color', '')}</p>
    const { element, text } = await mount(within(await started(), <Page />))
    expect(text()).toBe(values.color)
    expect(element.querySelectorAll('script, img')).toHaveLength(0)
  })

  it('the client itself', async () => {
    const client = await started()
    let shown: unknown
    const Page = () => {
      shown = useGuidon()
      return null
    }
    await mount(within(client, <Page />))
    expect(shown).toBe(client)
  })
})

describe('a component renders', () => {
  it('only when the flag it reads changes: one of a thousand', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `flag-${index}`)
    values = Object.fromEntries(names.map((name) => [name, 0]))
    const client = await started()
    const rendered: string[] = []
    const One = memo(({ name }: { name: string }) => {
      rendered.push(name)
      return `${useFlag(name, -1)},`
    })
    const { text } = await mount(
      within(
        client,
        names.map((name) => <One key={name} name={name} />),
      ),
    )
    expect(rendered).toEqual(names)
    rendered.length = 0

    values = { ...values, 'flag-500': 1 }
    await refresh(client)
    expect(rendered).toEqual(['flag-500'])
    expect(text().split(',').indexOf('1')).toBe(500)
    await refresh(client)
    expect(rendered).toHaveLength(1)
  })

  it('not when a refresh brings nothing new, whichever hook it uses', async () => {
    const client = await started({ identity: { id: ada, traits: { plan: 'pro' } } })
    const count = { flag: 0, details: 0, flags: 0, traits: 0 }
    const Flag = () => {
      count.flag++
      return `${useFlag('color', '')}${useFlagEnabled('on')}`
    }
    const Details = () => {
      count.details++
      return `${useFlagDetails('color')?.value}`
    }
    const Flags = () => {
      count.flags++
      return Object.keys(useFlags(['color', 'size'])).join()
    }
    const Traits = () => {
      count.traits++
      return JSON.stringify(useTraits())
    }
    await mount(
      within(client, [<Flag key="1" />, <Details key="2" />, <Flags key="3" />, <Traits key="4" />]),
    )
    await refresh(client)
    expect(count).toEqual({ flag: 1, details: 1, flags: 1, traits: 1 })
    values = { ...values, color: 'blue' }
    await refresh(client)
    expect(count).toEqual({ flag: 2, details: 2, flags: 2, traits: 1 })
    values = { ...values, other: 1 }
    await refresh(client)
    expect(count).toEqual({ flag: 2, details: 2, flags: 2, traits: 1 })
  })

  it('not because its provider did', async () => {
    const client = await started()
    let renders = 0
    const Page = memo(() => {
      renders++
      return useFlag('color', '')
    })
    const page = <Page />
    const { render } = await mount(within(client, page))
    await render(within(client, page))
    expect(renders).toBe(1)
  })

  it('with the flag of the name that it has now', async () => {
    const client = await started()
    const Page = ({ name, names }: { name: string; names: string[] }) => {
      const { value } = useFlagDetails(name) ?? {}
      return [useFlag(name, '?'), value, ...Object.values(useFlags(names)).map((flag) => flag?.value)].join()
    }
    const { text, render } = await mount(within(client, <Page name="color" names={['size']} />))
    expect(text()).toBe('red,red,16')
    await render(within(client, <Page name="size" names={['color', 'on']} />))
    expect(text()).toBe('?,16,red,true')
    values = { ...values, size: 17, on: false }
    await refresh(client)
    expect(text()).toBe('?,17,red,false')
    await render(within(client, <Page name="other" names={[]} />))
    values = { ...values, other: 'new' }
    await refresh(client)
    expect(text()).toBe('new,new')
  })

  it('with the flags of the next user, in the moment in which the client has them', async () => {
    const client = await started({ identity: ada, storage: memoryStorage() })
    world.net.respond = (call) => answerTo(call, { color: `of ${call.url.searchParams.get('identifier')}` })
    await client.refresh()
    const Page = () => useFlag('color', 'none')
    const { text } = await mount(within(client, <Page />))
    expect(text()).toBe(`of ${ada}`)
    world.net.hold()
    await act(async () => void client.identify(bob))
    expect(text()).toBe('none')
    await until(() => world.net.held.length)
    await act(async () => world.net.held[0]!())
    await act(() => until(() => client.value('color', '')))
    expect(text()).toBe(`of ${bob}`)
  })

  it('the same as its neighbours, also while React renders bit by bit', async () => {
    const client = await started()
    const torn: string[] = []
    const seen: string[] = []
    const One = () => {
      const color = useFlag('color', '')
      seen.push(color)
      // Slow enough for React to stop in between and let others have their turn.
      const until = performance.now() + 2
      while (performance.now() < until);
      return <i>{color}</i>
    }
    const names = Array.from({ length: 30 }, (_, index) => `${index}`)
    let show = (_: boolean) => {}
    const Page = () => {
      const [isShown, setShown] = useState(false)
      show = setShown
      return isShown ? names.map((name) => <One key={name} />) : null
    }
    const { element } = await mount(within(client, <Page />))
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
    const watcher = new MutationObserver(() => {
      const shown = new Set([...element.querySelectorAll('i')].map(({ textContent }) => textContent))
      if (shown.size > 1) torn.push([...shown].join())
    })
    watcher.observe(element, { childList: true, subtree: true, characterData: true })
    startTransition(() => show(true))
    await until(() => seen.length)
    expect(seen.length).toBeLessThan(30)
    values = { ...values, color: 'blue' }
    await client.refresh()
    await until(() => element.querySelectorAll('i').length === 30)
    await until(() => element.textContent === 'blue'.repeat(30))
    watcher.disconnect()
    expect(torn).toEqual([])
  })
})

describe('listeners', () => {
  it('are gone after 200 mounts and unmounts', async () => {
    const client = await started()
    const count = countListeners(client)
    const Page = () => {
      useFlag('color', '')
      useFlagEnabled('on')
      useFlagDetails('size')
      useFlags(['color', 'size'])
      useTraits()
      useGuidonStatus()
      useSuspenseFlag('color', '')
      return null
    }
    const { render } = await mount(null)
    for (let turn = 0; turn < 200; turn++) {
      await render(within(client, <Page key={turn} />))
      expect(count.now).toBe(7)
      if (turn % 2) await render(null)
    }
    await render(null)
    expect(count.now).toBe(0)
  })

  it('stay as they are while a component renders again with the same names', async () => {
    const client = await started()
    const on = vi.spyOn(client, 'on')
    const onFlag = vi.spyOn(client, 'onFlag')
    const Page = () => `${useFlag('color', '')}${Object.keys(useFlags(['size', 'on']))}`
    const { render } = await mount(within(client, <Page />))
    for (let turn = 0; turn < 10; turn++) await render(within(client, <Page />))
    expect(on).toHaveBeenCalledTimes(1)
    expect(onFlag).toHaveBeenCalledTimes(1)
  })
})

describe('suspense', () => {
  const Color = () => useSuspenseFlag('color', 'none')
  const waiting = (client: Client) =>
    within(
      client,
      <Suspense fallback="…">
        <Color />
      </Suspense>,
    )

  it('waits for the first flags, and not again', async () => {
    world.net.hold()
    const client = world.client({ storage: memoryStorage(), identity: ada })
    const { text } = await mount(waiting(client))
    expect(text()).toBe('…')
    await until(() => world.net.held.length)
    await act(async () => {
      world.net.held[0]!()
      await client.ready()
    })
    expect(text()).toBe('red')
    await act(async () => void client.identify(bob))
    expect(text()).toBe('none')
  })

  it('does not wait when there are flags: of the device, the page or the server', async () => {
    const client = await started()
    const snapshot = client.snapshot()
    const seen: string[] = []
    const Watched = () => {
      seen.push('waited')
      return null
    }
    for (const one of [client, world.client({ storage: memoryStorage(), snapshot })]) {
      const { text } = await mount(
        within(
          one,
          <Suspense fallback={<Watched />}>
            <Color />
          </Suspense>,
        ),
      )
      expect(text()).toBe('red')
    }
    expect(seen).toEqual([])
  })

  it('ends when there is no network, and shows the fallback', async () => {
    world.net.offline()
    const client = world.client({ storage: memoryStorage() })
    const { text } = await mount(waiting(client))
    await act(() => client.ready().then(() => {}))
    expect(text()).toBe('none')
  })

  it('ends when the client is closed', async () => {
    world.net.hold()
    const client = world.client({ storage: memoryStorage() })
    const { text } = await mount(waiting(client))
    await act(async () => {
      client.close()
      await client.ready()
    })
    expect(text()).toBe('none')
  })
})

describe('without a provider', () => {
  const hooks = {
    useFlag: () => useFlag('a', ''),
    useFlagEnabled: () => useFlagEnabled('a'),
    useFlagDetails: () => useFlagDetails('a'),
    useFlags: () => useFlags(['a']),
    useTraits,
    useGuidonStatus,
    useGuidon,
    useSuspenseFlag: () => useSuspenseFlag('a', ''),
  }
  it.each(Object.keys(hooks) as (keyof typeof hooks)[])('%s says what is missing', (name) => {
    const Page = () => {
      hooks[name]()
      return <Fragment />
    }
    expect(() => renderToString(<Page />)).toThrow(/No GuidonProvider/)
  })
})

it('the nearest provider counts', async () => {
  const outer = await started()
  values = { ...values, color: 'blue' }
  const inner = await started()
  const Color = () => `${useFlag('color', '')} `
  const { text } = await mount(
    within(outer, [
      <Color key="1" />,
      <Fragment key="2">{within(inner, <Color />)}</Fragment>,
      <Color key="3" />,
    ]),
  )
  expect(text()).toBe('red blue red ')
  values = { ...values, color: 'green' }
  await refresh(inner)
  expect(text()).toBe('red green red ')
})

it('another client in the same provider is read at once, and the first is let go', async () => {
  const first = await started()
  values = { ...values, color: 'blue' }
  const second = await started()
  const count = countListeners(first)
  const Page = () => `${useFlag('color', '')} ${useFlagDetails('color')?.value}`
  const { text, render } = await mount(within(first, <Page />))
  expect(text()).toBe('red red')
  await render(within(second, <Page />))
  expect(text()).toBe('blue blue')
  expect(count.now).toBe(0)
})

it('a change that comes right after a synchronous render is not missed', async () => {
  const client = await started()
  const Page = () => useFlag('color', '')
  const { text, root } = await mount(null)
  values = { ...values, color: 'blue' }
  await act(async () => {
    const coming = client.refresh()
    flushSync(() => root.render(within(client, <Page />)))
    await coming
  })
  expect(text()).toBe('blue')
})
