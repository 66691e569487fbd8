import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { afterwards } from '../run.ts'
import { KEYS, numberIn, soon } from './edge.ts'
import { isThere, startProcess } from './process.ts'
import { later, shop, startUpstream } from './upstream.ts'

vi.setConfig({ testTimeout: 60_000 })
const ask = (url: string, path: string, init: RequestInit = {}) =>
  // A connection each, so that all workers are asked.
  fetch(new URL(path, url), {
    ...init,
    headers: { 'X-Environment-Key': 'shop', Connection: 'close', 'Content-Type': 'application/json' },
  })
const count = async (url: string) => ((await (await ask(url, 'flags/')).json()) as unknown[]).length
const metric = async (url: string, name: string) => numberIn(await ask(url, '/metrics'), name)

test('asks upstream once for all workers, and tells the readers of each', async () => {
  const upstream = await startUpstream()
  const { url, workers } = await startProcess(upstream.api, ['--workers', '2'])
  expect(workers()).toHaveLength(2)
  const readers = await Promise.all(
    Array.from({ length: 4 }, async () =>
      (await ask(url, '/sse/environments/shop/stream')).body!.getReader(),
    ),
  )
  for (const reader of readers) await reader.read()
  await soon(async () => expect(await metric(url, 'streams')).toBe(4))
  upstream.edge.replace({ ...shop, updated_at: later(60), feature_states: shop.feature_states.slice(0, 1) })
  for (const reader of readers) {
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('environment_updated')
    await reader.cancel()
  }
  for (let turn = 0; turn < 4; turn++) expect(await count(url)).toBe(1)
  expect(await metric(url, 'document_changes_total{environment="shop"}')).toBe(2)
  await soon(async () =>
    expect(await metric(url, 'requests_total{route="flags",method="GET",status="200"}')).toBe(4),
  )
})

test('starts another worker when one is lost, and serves meanwhile', async () => {
  const { url, workers, said } = await startProcess((await startUpstream()).api, ['--workers', '2'])
  process.kill(workers()[0]!, 'SIGKILL')
  await soon(() => expect(said()).toContain('worker lost'))
  expect(await count(url)).toBe(6)
  await soon(() => expect(workers()).toHaveLength(3))
  expect(await count(url)).toBe(6)
})

test('brings what all workers were told upstream, also what came last', async () => {
  const upstream = await startUpstream()
  const { url, child, ended, workers } = await startProcess(upstream.api, ['--workers', '2'])
  for (let turn = 0; turn < 6; turn++)
    await ask(url, 'analytics/flags/', { method: 'POST', body: '{"str_flag":1}' })
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const bodies = upstream.asked
    .filter(({ path }) => path.includes('analytics'))
    .map(({ body }) => JSON.parse(body))
  expect(bodies.reduce((sum, { str_flag }) => sum + str_flag, 0)).toBe(6)
  expect(workers().filter(isThere)).toEqual([])
})

test('leaves no worker behind when it is killed', async () => {
  const { child, ended, workers } = await startProcess((await startUpstream()).api, ['--workers', '2'])
  child.kill('SIGKILL')
  await ended
  await soon(() => expect(workers().filter(isThere)).toEqual([]))
})

test('ends with a line when its workers cannot start', async () => {
  const upstream = await startUpstream()
  const { url } = await startProcess(upstream.api, [])
  const second = spawn(
    process.execPath,
    ['dist/cli.js', 'edge', '--workers', '2', '--host', '127.0.0.1', '--port', new URL(url).port],
    {
      env: { ENVIRONMENT_KEY_PAIRS: KEYS, API_URL: upstream.api },
    },
  )
  afterwards(() => second.kill('SIGKILL'))
  let complaints = ''
  second.stderr.on('data', (text) => {
    complaints += text
  })
  expect(await once(second, 'exit')).toEqual([1, null])
  expect(complaints).toMatch(/in use/)
  expect(complaints).toContain('guidon: A worker could not start.')
})
