import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type ReactNode, Suspense } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { type Client, type ClientOptions, newGuid, snapshotScript } from '../../src/index.ts'
import {
  GuidonProvider,
  useFlag,
  useFlagDetails,
  useFlags,
  useGuidonStatus,
  useSuspenseFlag,
  useTraits,
} from '../../src/react.ts'
import { API, answerTo, KEY, until, useWorld, who } from '../world.ts'

const world = useWorld()

const stream = (node: ReactNode): Promise<string> => {
  const through = new PassThrough()
  const { pipe } = renderToPipeableStream(node, { onShellReady: () => pipe(through) })
  return text(through)
}

const Page = () => (
  <p>
    {useFlag('color', 'none')} {`${useFlagDetails('color')?.value}`}{' '}
    {Object.values(useFlags(['color'])).map((flag) => `${flag?.value}`)} {useGuidonStatus().state}{' '}
    {JSON.stringify(useTraits())}
  </p>
)
const given = (client: Client) => (
  <GuidonProvider client={client}>
    <Page />
  </GuidonProvider>
)
const visitors = Array.from({ length: 50 }, () => newGuid())
const others = (id: string) => visitors.filter((other) => other !== id)

/** Answers all requests that wait, the last first. */
const answerBackwards = async (count: number) => {
  await until(() => world.net.held.length === count)
  for (const answer of [...world.net.held].reverse()) {
    answer()
    await new Promise((resolve) => setTimeout(resolve))
  }
}

it('renders 50 requests at once, and none sees another one’s flags', async () => {
  world.net.hold()
  const answers = Promise.all(
    visitors.map(async (id) => {
      const client = world.client({ identity: { id, traits: { plan: `of ${id}` } } })
      const render = () => renderToString(given(client))
      const before = render()
      await client.ready({ from: 'network' })
      return [before, render(), snapshotScript(client.snapshot())] as const
    }),
  )
  await answerBackwards(50)
  for (const [index, [before, html, script]] of (await answers).entries()) {
    const id = visitors[index]!
    expect(before).toContain('none')
    expect(html.match(/color|of [-0-9a-f]{36}/g)).toEqual(Array(4).fill(`of ${id}`))
    expect(script).toContain(`of ${id}`)
    for (const other of others(id)) expect(html + script).not.toContain(other)
  }
  expect(world.net.calls.map(who).sort()).toEqual([...visitors].sort())
})

it('streams 50 requests at once, each when its own flags are there', async () => {
  world.net.hold()
  const Late = () => <b>{useSuspenseFlag('color', 'none')}</b>
  const answers = Promise.all(
    visitors.map((id) =>
      stream(
        <GuidonProvider client={world.client({ identity: id })}>
          <Suspense fallback="…">
            <Late />
          </Suspense>
        </GuidonProvider>,
      ),
    ),
  )
  await answerBackwards(50)
  for (const [index, html] of (await answers).entries()) {
    expect(html).toContain(`<b>of ${visitors[index]}</b>`)
    for (const other of others(visitors[index]!)) expect(html).not.toContain(other)
  }
})

it('makes a client for each render, also from one object of options', async () => {
  let made = 0
  const options = { environmentKey: KEY, api: API, use: [() => void made++] }
  const page = (
    <GuidonProvider options={options}>
      <Page />
    </GuidonProvider>
  )
  expect(renderToString(page)).toBe(renderToString(page))
  expect(made).toBe(2)
  await until(() => world.net.calls.length === 2)
})

it('closes the client of a render when it has flags: at once when the page’s are known, else when the server has answered', async () => {
  let closed = 0
  const options = { environmentKey: KEY, api: API, identity: newGuid(), use: [() => () => void closed++] }
  const render = (given: ClientOptions) =>
    renderToString(
      <GuidonProvider options={given}>
        <Page />
      </GuidonProvider>,
    )

  world.net.hold()
  render(options)
  await until(() => world.net.held.length === 1)
  expect(closed).toBe(0)
  world.net.held[0]!()
  await until(() => closed === 1)

  const known = world.client({ identity: options.identity })
  await until(() => world.net.held.length === 2)
  world.net.held[1]!()
  await known.ready({ from: 'network' })
  render({ ...options, snapshot: known.snapshot() })
  await until(() => closed === 2)
  expect(world.net.calls).toHaveLength(2)
})

it('writes text from the server as text', async () => {
  world.net.respond = (call) => answerTo(call, { color: '</script><script>alert(1)</script>' })
  const client = world.client()
  await client.ready({ from: 'network' })
  expect(renderToString(given(client))).not.toContain('<script')
})
