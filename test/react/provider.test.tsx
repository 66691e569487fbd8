// @vitest-environment happy-dom
import * as React from 'react'
import { act, type ReactNode, StrictMode, Suspense, useEffect } from 'react'
import { renderToString } from 'react-dom/server'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Client, type ClientOptions, memoryStorage } from '../../src/index.ts'
import { GuidonProvider, useFlag, useGuidon, useSuspenseFlag } from '../../src/react.ts'
import { API, ada, calm, KEY, useWorld } from '../world.ts'
import { useRoots } from './mount.tsx'

const world = useWorld()
const { mount } = useRoots()

/** The clients that a test's providers made, and those that are not closed. */
let made: Client[] = []
let running = new Set<Client>()
beforeEach(() => {
  made = []
  running = new Set()
})

const options = (more: Partial<ClientOptions> = {}): ClientOptions => ({
  environmentKey: KEY,
  api: API,
  identity: ada,
  storage: memoryStorage(),
  use: [
    ({ client }) => {
      made.push(client)
      running.add(client)
      return () => void running.delete(client)
    },
  ],
  ...more,
})

const Color = () => useFlag('color', 'none')
const settle = () => act(calm)

describe('a provider with options', () => {
  it('makes a client, makes one request, and shows what came', async () => {
    const given = options()
    const { text } = await mount(
      <GuidonProvider options={given}>
        <Color />
      </GuidonProvider>,
    )
    await settle()
    expect(text()).toBe(`of ${ada}`)
    expect(world.net.calls).toHaveLength(1)
    expect(made).toHaveLength(1)
  })

  it('keeps its client when it renders again, with other options too', async () => {
    const page = () => (
      <GuidonProvider options={options()}>
        <Color />
      </GuidonProvider>
    )
    const { render } = await mount(page())
    await render(page())
    await settle()
    expect(made).toHaveLength(1)
    expect(running.size).toBe(1)
    expect(world.net.calls).toHaveLength(1)
  })

  it('closes its client when it is unmounted', async () => {
    const { unmount } = await mount(
      <GuidonProvider options={options()}>
        <Color />
      </GuidonProvider>,
    )
    await settle()
    await unmount()
    await settle()
    expect(running.size).toBe(0)
    await expect(made[0]!.refresh()).rejects.toMatchObject({ code: 'closed' })
  })

  it('makes one client and one request in StrictMode, and keeps it open', async () => {
    const effects: string[] = []
    const Page = () => {
      const client = useGuidon()
      useEffect(() => {
        effects.push('mounted')
        return () => void effects.push('unmounted')
      }, [])
      return `${client === made[0]} ${useFlag('color', 'none')}`
    }
    const App = () => (
      <GuidonProvider options={given}>
        <Page />
      </GuidonProvider>
    )
    const given = options()
    const { text, unmount } = await mount(
      <StrictMode>
        <App />
      </StrictMode>,
    )
    await settle()
    // StrictMode did what it is there for.
    expect(effects).toEqual(['mounted', 'unmounted', 'mounted'])
    expect(made).toHaveLength(1)
    expect(world.net.calls).toHaveLength(1)
    expect(running.size).toBe(1)
    expect(text()).toBe(`true of ${ada}`)
    await act(() => made[0]!.refresh())
    await unmount()
    await settle()
    expect(running.size).toBe(0)
  })

  it('makes one client and one request in StrictMode, with an object of options written in place', async () => {
    const App = () => (
      <GuidonProvider options={options()}>
        <Color />
      </GuidonProvider>
    )
    const { text } = await mount(
      <StrictMode>
        <App />
      </StrictMode>,
    )
    await settle()
    expect(text()).toBe(`of ${ada}`)
    expect(made).toHaveLength(1)
    expect(world.net.calls).toHaveLength(1)
  })

  it('finds its client again when React threw its first render away', async () => {
    const given = options()
    const Waiting = () => useSuspenseFlag('color', 'none')
    // The boundary is outside, so the provider's first render is lost with what waits in it.
    const { text, unmount } = await mount(
      <Suspense fallback="…">
        <GuidonProvider options={given}>
          <Waiting />
        </GuidonProvider>
      </Suspense>,
    )
    expect(made).toHaveLength(1)
    await settle()
    expect(text()).toBe(`of ${ada}`)
    expect(made).toHaveLength(1)
    expect(world.net.calls).toHaveLength(1)
    await unmount()
    await settle()
    expect(running.size).toBe(0)
  })

  it('makes a client anew when it is mounted again after it was closed', async () => {
    const given = options()
    const page = (
      <GuidonProvider options={given}>
        <Color />
      </GuidonProvider>
    )
    const { text, render } = await mount(page)
    await settle()
    await render(null)
    await settle()
    await render(page)
    await settle()
    expect(text()).toBe(`of ${ada}`)
    expect(made).toHaveLength(2)
    expect(running.size).toBe(1)
  })

  it('closes a client after a minute when React threw away the render that it was made for', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    renderToString(
      <GuidonProvider options={options()}>
        <Color />
      </GuidonProvider>,
    )
    vi.advanceTimersByTime(59_999)
    expect(running.size).toBe(1)
    vi.advanceTimersByTime(1)
    expect(running.size).toBe(0)
    vi.useRealTimers()
  })

  // What is hidden has no effects, but keeps its state. React 18 has no such thing.
  const Activity = (React as { Activity?: typeof React.Activity }).Activity
  it.runIf(Activity)(
    'closes its client while it is hidden, and has another when it is shown again',
    async () => {
      const page = (mode: 'visible' | 'hidden') =>
        Activity && (
          <Activity mode={mode}>
            <GuidonProvider options={given}>
              <Color />
            </GuidonProvider>
          </Activity>
        )
      const given = options()
      const { text, render } = await mount(page('visible'))
      await settle()
      await render(page('hidden'))
      await settle()
      expect(running.size).toBe(0)
      await render(page('visible'))
      await settle()
      expect(made).toHaveLength(2)
      expect(running.size).toBe(1)
      await act(() => made[1]!.refresh())
      expect(text()).toBe(`of ${ada}`)
    },
  )

  it('shares its client with another that was given the same object, until both are gone', async () => {
    const given = options()
    const page = (key: string): ReactNode => (
      <GuidonProvider key={key} options={given}>
        <Color />
      </GuidonProvider>
    )
    const { render } = await mount([page('1'), page('2')])
    await settle()
    expect(made).toHaveLength(1)
    await render([page('2')])
    await settle()
    expect(running.size).toBe(1)
    await render([])
    await settle()
    expect(running.size).toBe(0)
  })

  it('leaves nothing running after 200 mounts and unmounts', async () => {
    const { render } = await mount(null)
    for (let turn = 0; turn < 200; turn++) {
      await render(
        <StrictMode>
          <GuidonProvider options={options()}>
            <Color />
          </GuidonProvider>
        </StrictMode>,
      )
      await render(null)
    }
    await settle()
    expect(made).toHaveLength(200)
    expect(running.size).toBe(0)
  })
})

describe('a provider with a client', () => {
  it('does not close it', async () => {
    const client = world.client({ storage: memoryStorage() })
    const { unmount } = await mount(
      <StrictMode>
        <GuidonProvider client={client}>
          <Color />
        </GuidonProvider>
      </StrictMode>,
    )
    await unmount()
    await settle()
    await client.refresh()
    expect(world.net.calls).toHaveLength(2)
  })
})
