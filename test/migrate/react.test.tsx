// @vitest-environment happy-dom
import { createFlagsmithInstance as official } from '@flagsmith/flagsmith'
import * as officialReact from '@flagsmith/flagsmith/react'
import { act, Component, type ComponentType, type ReactNode, StrictMode, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFlagsmithInstance, type IFlagsmith, type IInitConfig, type IState } from '../../src/migrate.ts'
import * as ours from '../../src/migrate-react.ts'
import { useRoots } from '../react/mount.tsx'
import { API, ada, answerTo, bob, calm, KEY, until, useWorld } from '../world.ts'

const world = useWorld()
const { mount, hydrate } = useRoots()
let values: Record<string, unknown>
let opened: { client?: { close(): void } | undefined }[]

beforeEach(() => {
  localStorage.clear()
  values = { title: 'Shop', size: 16 }
  world.net.respond = (call) => answerTo(call, values)
  opened = []
})
afterEach(() => {
  for (const { client } of opened) client?.close()
})

type Parts = Pick<
  typeof ours,
  'FlagsmithProvider' | 'useFlags' | 'useFlagsmith' | 'useFlagsmithLoading' | 'useExperiment'
>
const SIDES: [name: string, parts: Parts, make: () => IFlagsmith][] = [
  ['theirs', officialReact as unknown as Parts, () => official() as unknown as IFlagsmith],
  ['ours', ours, () => createFlagsmithInstance() as IFlagsmith],
  // Half of the imports are changed.
  [
    'their React on our instance',
    officialReact as unknown as Parts,
    () => createFlagsmithInstance() as IFlagsmith,
  ],
  ['our React on their instance', ours, () => official() as unknown as IFlagsmith],
]
const start = (more: Partial<IInitConfig> = {}): IInitConfig => ({
  environmentID: KEY,
  api: API,
  identity: ada,
  fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
  ...more,
})
const open = (make: () => IFlagsmith) => {
  const flagsmith = make()
  opened.push(flagsmith as never)
  return flagsmith
}

describe.each(SIDES)('a page written for the official hooks: %s', (_, parts, make) => {
  const { FlagsmithProvider, useFlags, useFlagsmith, useFlagsmithLoading, useExperiment } = parts
  const Provider = FlagsmithProvider as ComponentType<ours.FlagsmithContextType>
  let renders = 0
  const Page = () => {
    const { title, size, plan } = useFlags(['title', 'size'], ['plan'])
    const loading = useFlagsmithLoading()
    renders++
    return (
      <p>
        {[title.value, title.enabled, size.value, plan, loading?.isLoading, loading?.source]
          .map(String)
          .join()}
      </p>
    )
  }

  it('shows flags, traits and how it stands, when they come and when they change', async () => {
    world.net.hold()
    const flagsmith = open(make)
    const { text } = await mount(
      <Provider flagsmith={flagsmith} options={start()}>
        <Page />
      </Provider>,
    )
    expect(text()).toBe('null,false,null,undefined,true,NONE')
    await until(() => world.net.held.length)
    world.net.respond = (call) => answerTo(call, values)
    await act(async () => {
      world.net.held[0]!(answerTo(world.net.calls[0]!, values))
      await calm()
    })
    expect(text()).toBe('Shop,true,16,undefined,false,SERVER')
    values = { ...values, title: 'Sale' }
    await act(() => flagsmith.getFlags())
    expect(text()).toBe('Sale,true,16,undefined,false,SERVER')
  })

  it('renders nothing when a refresh brings nothing, or something else', async () => {
    const flagsmith = open(make)
    const Titles = () => {
      renders++
      return <p>{`${useFlags(['title']).title.value}`}</p>
    }
    const { text } = await mount(
      <Provider flagsmith={flagsmith} options={start()}>
        <Titles />
      </Provider>,
    )
    await act(calm)
    renders = 0
    values = { ...values, other: 1 }
    await act(() => flagsmith.getFlags())
    await act(() => flagsmith.getFlags())
    expect(text()).toBe('Shop')
    // React looks once more at a component that was told in vain.
    expect(renders).toBeLessThanOrEqual(parts === ours ? 0 : 1)
  })

  it('gives the instance, to identify and to log out', async () => {
    world.net.respond = (call) =>
      answerTo(call, { title: call.url.searchParams.get('identifier') ?? 'nobody', size: 1 })
    const flagsmith = open(make)
    const Button = () => {
      const instance = useFlagsmith()
      const { title } = useFlags(['title'])
      return (
        <button type="button" onClick={() => instance.identify(bob)}>
          {`${title.value} ${instance === flagsmith}`}
        </button>
      )
    }
    const { text, element } = await mount(
      <Provider flagsmith={flagsmith} options={start()}>
        <Button />
      </Provider>,
    )
    await act(calm)
    expect(text()).toBe(`${ada} true`)
    await act(async () => {
      element.querySelector('button')!.click()
      await calm()
    })
    expect(text()).toBe(`${bob} true`)
    await act(() => flagsmith.logout())
    expect(text()).toBe('nobody true')
  })

  it('reads an experiment’s flag', async () => {
    const Experiment = () => <p>{`${useExperiment('title')?.value} ${useExperiment('nothing')}`}</p>
    const { text } = await mount(
      <Provider flagsmith={open(make)} options={start()}>
        <Experiment />
      </Provider>,
    )
    await act(calm)
    expect(text()).toBe('Shop null')
  })

  it('shows what the server rendered, without a request of its own', async () => {
    const serverState: IState = {
      api: API,
      flags: { title: { enabled: true, value: 'Rendered' }, size: { enabled: true, value: 9 } },
      evaluationContext: { environment: { apiKey: KEY } },
    }
    const { text } = await mount(
      <Provider flagsmith={open(make)} serverState={serverState}>
        <Page />
      </Provider>,
    )
    await act(calm)
    expect(text()).toBe('Rendered,true,9,undefined,false,SERVER')
    expect(world.net.calls).toEqual([])
  })

  it('says when there is no provider', () => {
    const Lost = () => `${useFlagsmith()}`
    expect(() => renderToString(<Lost />)).toThrow(/FlagsmithProvider/)
  })
})

describe('ours', () => {
  const { FlagsmithProvider, useFlags, useFlagsmithLoading } = ours
  const Title = () => <h1>{`${useFlags(['title']).title.value}`}</h1>

  it('asks once in StrictMode, and shows what comes', async () => {
    const { text } = await mount(
      <StrictMode>
        <FlagsmithProvider flagsmith={open(() => createFlagsmithInstance())} options={start()}>
          <Title />
        </FlagsmithProvider>
      </StrictMode>,
    )
    await act(calm)
    expect(text()).toBe('Shop')
    expect(world.net.calls.length).toBe(1)
  })

  it('takes over what a server rendered, though the device knows better: no complaint, then what is new', async () => {
    const serverState: IState = {
      api: API,
      flags: { title: { enabled: true, value: 'Rendered' } },
      evaluationContext: { environment: { apiKey: KEY } },
    }
    const app = (flagsmith: IFlagsmith, options?: IInitConfig) => (
      <FlagsmithProvider flagsmith={flagsmith} serverState={serverState} {...(options && { options })}>
        <Title />
      </FlagsmithProvider>
    )
    const html = renderToString(app(open(() => createFlagsmithInstance())))
    expect(html).toBe('<h1>Rendered</h1>')
    // What was stored before, and an answer that is there before the page is taken over.
    const early = open(() => createFlagsmithInstance())
    await early.init({ ...start(), identity: undefined as never, cacheFlags: true })
    expect(early.getValue('title')).toBe('Shop')
    const complaints: unknown[] = []
    const { text } = await hydrate(html, app(early), complaints)
    expect(complaints).toEqual([])
    await act(calm)
    expect(text()).toBe('Shop')
  })

  it('does not tell the hooks of one instance of another', async () => {
    const [one, other] = [open(() => createFlagsmithInstance()), open(() => createFlagsmithInstance())]
    let renders = 0
    const Loading = () => {
      renders++
      return <p>{`${useFlagsmithLoading()?.source}`}</p>
    }
    const { text } = await mount(
      <FlagsmithProvider flagsmith={one} options={start()}>
        <Loading />
      </FlagsmithProvider>,
    )
    await act(calm)
    expect(text()).toBe('SERVER')
    renders = 0
    await act(() => other.init(start()))
    await act(() => other.logout())
    expect(renders).toBe(0)
  })

  it('follows names that change, and takes one name for a list', async () => {
    let show: (name: string) => void = () => {}
    const Any = () => {
      const [name, set] = useState('title')
      show = set
      return (
        <p>{`${useFlags(name as never)[name as never] && (useFlags([name])[name] as { value: unknown }).value}`}</p>
      )
    }
    const { text } = await mount(
      <FlagsmithProvider flagsmith={open(() => createFlagsmithInstance())} options={start()}>
        <Any />
      </FlagsmithProvider>,
    )
    await act(calm)
    expect(text()).toBe('Shop')
    await act(async () => show('size'))
    expect(text()).toBe('16')
  })

  it('goes on when init is refused, and when the network is down', async () => {
    const errors: unknown[] = []
    const { text } = await mount(
      <Boundary>
        <FlagsmithProvider
          flagsmith={open(() => createFlagsmithInstance())}
          options={start({ environmentID: 'ser.key', onError: (error) => errors.push(error) })}
        >
          <Title />
        </FlagsmithProvider>
      </Boundary>,
    )
    await act(calm)
    expect([text(), errors.length]).toEqual(['null', 1])
  })

  it('leaves no listener behind', async () => {
    const flagsmith = open(() => createFlagsmithInstance())
    const page = await mount(
      <FlagsmithProvider flagsmith={flagsmith} options={start()}>
        <Title />
      </FlagsmithProvider>,
    )
    await act(calm)
    await page.unmount()
    values = { title: 'Later' }
    await flagsmith.getFlags()
    await until(() => flagsmith.getValue('title') === 'Later')
  })
})

class Boundary extends Component<{ children: ReactNode }> {
  override state = { error: '' }
  static getDerivedStateFromError(error: unknown) {
    return { error: `${error}` }
  }
  override render() {
    return this.state.error || this.props.children
  }
}
