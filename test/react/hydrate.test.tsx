// @vitest-environment happy-dom
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { act, type ReactNode, StrictMode } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { beforeEach, expect, it, vi } from 'vitest'
import {
  type Client,
  type ClientOptions,
  memoryStorage,
  readSnapshot,
  type SnapshotData,
  snapshotScript,
  transient,
} from '../../src/index.ts'
import { useFlag } from '../../src/react.ts'
import { API, ada, answerTo, bob, calm, KEY, useWorld } from '../world.ts'
import { useRoots } from './mount.tsx'
import { GuidonProvider, Page, rendered } from './page.tsx'

const world = useWorld()
const { hydrate } = useRoots()
let version = ''

beforeEach(() => {
  version = 'old'
  rendered.length = 0
  world.net.respond = (call) => answerTo(call, { color: `${version} <color>`, size: 16 })
})

const options = (more: Partial<ClientOptions> = {}): ClientOptions => ({
  environmentKey: KEY,
  api: API,
  identity: { id: ada, traits: { plan: transient('pro') } },
  storage: memoryStorage(),
  ...more,
})

/** What a server answers: the page's markup, with the script that carries the snapshot beside it. */
const serve = async (): Promise<string> => {
  // A server has modules of its own: React does not let two renderers use one context at a time.
  vi.resetModules()
  const { GuidonProvider, Page } = await import('./page.tsx')
  const client = world.client(options())
  await client.ready({ from: 'network' })
  const through = new PassThrough()
  const { pipe } = renderToPipeableStream(
    <GuidonProvider client={client}>
      <Page />
    </GuidonProvider>,
    { onAllReady: () => pipe(through) },
  )
  const html = await text(through)
  document.body.innerHTML = snapshotScript(client.snapshot())
  client.close()
  world.net.calls.length = 0
  return html
}

/** The page's side of it. That nothing is written to the console is looked after by `test/quiet.ts`. */
const take = async (html: string, node: ReactNode) => {
  const complaints: unknown[] = []
  const { element, before } = await hydrate(html, node, complaints)
  await act(calm)
  expect(complaints).toEqual([])
  return { element, before }
}
/** What was to be seen, one after the other. */
const colors = () => rendered.filter((color, index) => color !== rendered[index - 1])

const given = (client: Client, snapshot?: SnapshotData) => (
  <GuidonProvider client={client} snapshot={snapshot}>
    <Page />
  </GuidonProvider>
)

it('begins with what the server rendered, and asks for nothing while that is fresh', async () => {
  const html = await serve()
  expect(html).toContain('old &lt;color&gt;')
  const snapshot = readSnapshot()
  const { element, before } = await take(html, given(world.client(options({ snapshot })), snapshot))
  expect(element.innerHTML).toBe(before)
  expect(rendered).toEqual(['old <color>'])
  expect(world.net.calls).toHaveLength(0)
})

it('does so in StrictMode with a client that the provider makes', async () => {
  const html = await serve()
  const own = options({ snapshot: readSnapshot() })
  const { element, before } = await take(
    html,
    <StrictMode>
      <GuidonProvider options={own}>
        <Page />
      </GuidonProvider>
    </StrictMode>,
  )
  expect(element.innerHTML).toBe(before)
  expect(new Set(rendered)).toEqual(new Set(['old <color>']))
  expect(world.net.calls).toHaveLength(0)
})

it('begins with what the server rendered though the client knows better by now, and then shows that', async () => {
  const html = await serve()
  const snapshot = readSnapshot()
  version = 'new'
  const client = world.client(options({ snapshot }))
  await client.refresh()
  expect(client.value('color', '')).toBe('new <color>')
  const { element } = await take(html, given(client, snapshot))
  expect(colors()).toEqual(['old <color>', 'new <color>'])
  expect(element.textContent).toContain('new <color>')
  expect(element.querySelector('b')?.textContent).toBe('new <color>')
})

it('shows what changes afterwards', async () => {
  const html = await serve()
  const snapshot = readSnapshot()
  const client = world.client(options({ snapshot }))
  const { element } = await take(html, given(client, snapshot))
  version = 'new'
  await act(() => client.refresh())
  expect(element.querySelector('b')?.textContent).toBe('new <color>')
  expect(colors()).toEqual(['old <color>', 'new <color>'])
})

it('asks once when the snapshot is too old, and does not flicker meanwhile', async () => {
  const html = await serve()
  const snapshot = { ...readSnapshot()!, at: Date.now() - 3_600_000 }
  version = 'new'
  const client = world.client(options({ snapshot }))
  const { element } = await take(html, given(client, snapshot))
  expect(colors()).toEqual(['old <color>', 'new <color>'])
  expect(element.querySelector('b')?.textContent).toBe('new <color>')
  expect(world.net.calls).toHaveLength(1)
})

it('begins with the bundled flags that the server rendered when nobody answered it', async () => {
  const defaults = { flags: { color: { enabled: true, value: 'bundled' } } }
  world.net.offline()
  const server = world.client(options({ defaults }))
  await server.ready({ from: 'network' })
  const snapshot = server.snapshot()
  const client = world.client(options({ defaults, snapshot }))
  const Bundled = () => {
    rendered.push(useFlag('color', 'none'))
    return <i>{rendered.at(-1)}</i>
  }
  await take(
    '<i>bundled</i>',
    <GuidonProvider client={client} snapshot={snapshot}>
      <Bundled />
    </GuidonProvider>,
  )
  expect(colors()).toEqual(['bundled'])
})

/** Shows nothing, whatever the colour is: for what the server did not render. */
const Color = () => {
  rendered.push(useFlag('color', 'none'))
  return null
}

it('never reads the flags of a snapshot that is somebody else’s', async () => {
  await serve()
  const snapshot = readSnapshot()
  world.net.hold()
  const client = world.client(options({ identity: bob, snapshot }))
  await take(
    '',
    <GuidonProvider client={client} snapshot={snapshot}>
      <Color />
    </GuidonProvider>,
  )
  expect(rendered).toEqual(['none'])
})

it('asks nobody on behalf of a snapshot that is broken', async () => {
  const fetch = vi.spyOn(globalThis, 'fetch')
  const snapshot = { flags: 'none' } as unknown as SnapshotData
  await take(
    '',
    <GuidonProvider client={world.client(options({ snapshot }))} snapshot={snapshot}>
      <Color />
    </GuidonProvider>,
  )
  expect(colors()).toEqual(['none', 'old <color>'])
  // The client itself has no flags, so it asks for them.
  expect(fetch).toHaveBeenCalledTimes(1)
})
