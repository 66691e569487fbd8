import { createServer } from 'node:http'
import { expect, test, vi } from 'vitest'
import { recordedDocument } from '../edge/recorded.ts'
import { fileWith } from './folder.ts'
import { afterwards, ran, run } from './run.ts'

async function serving(content: unknown, ...args: string[]) {
  const place = fileWith(content)
  const program = run(['serve', '--document', place.file, '--port', '0', ...args])
  const url = await vi.waitFor(() => /http:\S+\/api\/v1\//.exec(program.out[0] ?? '')![0])
  const ask = (path: string, init: RequestInit & { key?: string } = {}) =>
    fetch(new URL(path, url), {
      ...init,
      headers: { 'X-Environment-Key': init.key ?? 'client-key', ...init.headers },
    })
  const identify = async (body: unknown) =>
    (
      await ask('identities/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()
  return { ...place, ...program, ask, identify, url }
}

const document = { ...recordedDocument(), api_key: 'client-key' }
const renamed = { ...document, feature_states: document.feature_states.slice(0, 1) }

test('serves a document until it is told to stop', async () => {
  const { out, err, end, ask, url } = await serving(document)
  expect(out).toEqual([`Serving Main at ${url} (client key client-key).`])
  expect(await (await ask('flags/')).json()).toHaveLength(6)
  expect(await end()).toBe(0)
  expect(err).toEqual([])
  await expect(ask('flags/')).rejects.toThrow()
})

test('brings a saved change to those who listen to the event stream', async () => {
  const { replace, ask, out, end } = await serving(document)
  const stream = await ask('/sse/environments/client-key/stream')
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  let events = (await reader.read()).value ?? ''

  replace(renamed)
  while (!events.includes('environment_updated')) events += (await reader.read()).value
  expect(events).toMatch(/event: environment_updated\ndata: \{"updated_at":\d+(\.\d+)?\}\n\n/)
  expect(await (await ask('flags/')).json()).toHaveLength(1)
  expect(out).toHaveLength(2)
  // Stopping does not wait for readers to leave.
  expect(await end()).toBe(0)
})

test('keeps serving while the file is broken, and says what is wrong with it', async () => {
  const { write, ask, err, file } = await serving(document)
  write('{')
  await vi.waitFor(() => expect(err).toHaveLength(1))
  expect(err[0]).toMatch(new RegExp(`^${file} is not JSON \\(.*\\)\\. The last good document stays\\.$`))
  expect(await (await ask('flags/')).json()).toHaveLength(6)
  write(renamed)
  await vi.waitFor(async () => expect(await (await ask('flags/')).json()).toHaveLength(1))
})

test('takes several server-side keys', async () => {
  const { ask } = await serving(document, '--server-key', 'ser.one', '--server-key', 'ser.two')
  for (const [key, status] of [
    ['ser.one', 200],
    ['ser.two', 200],
    ['ser.three', 403],
    ['client-key', 403],
  ] as const) {
    expect((await ask('environment-document/', { key })).status, key).toBe(status)
  }
})

test('keeps traits, unless told not to', async () => {
  const traits = [{ trait_key: 'plan', trait_value: 'pro' }]
  const keeping = await serving(document)
  await keeping.identify({ identifier: 'a', traits })
  expect(await keeping.identify({ identifier: 'a' })).toMatchObject({ traits })

  const forgetting = await serving(document, '--no-persist-traits')
  await forgetting.identify({ identifier: 'a', traits })
  expect(await forgetting.identify({ identifier: 'a' })).toMatchObject({ traits: [] })
})

test('refuses a body that is too large, over a real connection', async () => {
  const { ask } = await serving(document)
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: 'x'.repeat(3_000_000),
  }
  // The rest of the body may meet a closed door before the answer is read: both mean no.
  const status = await ask('identities/', init).then(
    (response) => response.status,
    () => 413,
  )
  expect(status).toBe(413)
  expect((await ask('flags/')).status).toBe(200)
})

test.each([
  [['serve'], 'guidon: What is to be served? Give --document, --flags or --from-server.'],
  [['serve', '--document', 'x', '--port', '1e9'], 'It must be a number from 0 to 65535.'],
  [['serve', '--document', '/no/such/file'], 'guidon: There is no file /no/such/file.'],
  [['serve', '--document', '/'], 'guidon: / is a folder.'],
  [['sing'], "error: unknown command 'sing'"],
])('ends %j with one line and code 1', async (args, complaint) => {
  const { code, out, err } = run(args)
  expect(await code).toBe(1)
  expect(out).toEqual([])
  expect(err).toEqual([expect.stringContaining(complaint)])
  expect(err[0]).not.toContain('\n')
})

test('says that a port is in use, and does not stay', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  afterwards(() => other.close())
  const { port } = other.address() as { port: number }
  const { code, err } = run(['serve', '--document', fileWith(document).file, '--port', String(port)])
  expect(await code).toBe(1)
  expect(err).toEqual([`guidon: Port ${port} of 127.0.0.1 is in use. Choose another with --port.`])
})

test('explains itself when asked', async () => {
  const { code, out } = run(['serve', '--help'])
  expect(await code).toBe(0)
  expect(out.join('\n')).toContain('--no-persist-traits')
})

test('says in one page what it can do, in colours on a terminal', async () => {
  const { code, out } = await ran(['--help'])
  expect(code).toBe(0)
  const page = out.join('\n')
  expect([...page.matchAll(/^ {2}guidon (\w+) /gm)].map(([, name]) => name)).toEqual([
    'pull',
    'types',
    'check',
    'doctor',
    'migrate',
    'serve',
  ])
  expect(page).toContain('GUIDON_ENVIRONMENT_KEY  ')
  expect(page).not.toContain('\x1b')
  for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  const coloured = (await ran(['--help'], { colours: true })).out.join('\n')
  expect(coloured).toContain('\x1b[1mExamples:\x1b[22m')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
  expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(page)
})

test.each(['pull', 'types', 'check', 'doctor', 'serve', 'migrate'])('has an example for %s', async (name) => {
  const { out } = await ran([name, '--help'])
  expect(out.join('\n')).toMatch(new RegExp(`\\nExamples?:\\n  guidon ${name} `))
})

test('paints the complaint red on a terminal', async () => {
  const { err } = await ran(['serve', '--document', '/no/such/file'], { colours: true })
  expect(err).toEqual(['\x1b[31mguidon:\x1b[39m There is no file /no/such/file.'])
})
