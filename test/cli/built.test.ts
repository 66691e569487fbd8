import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { createEdge } from '../../src/edge.ts'
import { recordedDocument } from '../edge/recorded.ts'
import { emptyFolder } from './folder.ts'
import { afterwards } from './run.ts'

// Processes take their time to start, on a machine that has much else to do.
vi.setConfig({ testTimeout: 60_000 })
const poll = <T>(get: () => T) => expect.poll(get, { timeout: 30_000 })

/** The command as it is installed. */
const CLI = resolve('dist/cli.js')
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const document = { ...recordedDocument(), api_key: 'client-key' }

/** Runs it as a process of its own. Nothing of this one's environment is known there but where programs are. */
const command = (args: string[], cwd = emptyFolder(), env: Record<string, string> = {}) =>
  new Promise<{ code: unknown; out: string; err: string }>((done) => {
    const options = { cwd, env: { PATH: process.env.PATH, ...env } }
    execFile(process.execPath, [CLI, ...args], options, (error, out, err) =>
      done({ code: error ? error.code : 0, out, err }),
    )
  })

async function serving() {
  const edge = createEdge({ document })
  const server = await listen(edge.answer, { port: 0 })
  afterwards(() => server.close())
  return `${server.url}api/v1/`
}

test('says its version', async () => {
  expect(await command(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test('pulls, types and checks, with the key from the environment', async () => {
  const cwd = emptyFolder()
  const env = { GUIDON_ENVIRONMENT_KEY: 'client-key', GUIDON_API: await serving() }
  expect(await command(['pull'], cwd, env)).toMatchObject({
    code: 0,
    out: 'Wrote 6 flags to guidon.flags.json.\n',
    err: '',
  })
  expect(await command(['types'], cwd, env)).toMatchObject({ code: 0, err: '' })
  mkdirSync(join(cwd, 'src'))
  writeFileSync(join(cwd, 'src/a.tsx'), `guidon.client.isEnabled('no-such-flag') && <p />`)
  const { code, out, err } = await command(['check'], cwd, env)
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(out).toContain('no-such-flag')
  // A log gets no colours, unless it asks for them.
  expect(out).not.toContain('\x1b')
  expect((await command(['check'], cwd, { ...env, FORCE_COLOR: '1' })).out).toContain('\x1b[31mmissing')
  const both = { ...env, FORCE_COLOR: '1', NO_COLOR: '1' }
  expect((await command(['check'], cwd, both)).out).not.toContain('\x1b')
})

test('says what is wrong with what it was told in one line, without marks', async () => {
  const args = [
    'pull',
    '--environment',
    'key',
    '--api',
    'http://127.0.0.1:9/',
    '--trait',
    `plan=${'x'.repeat(2001)}`,
  ]
  expect(await command(args)).toEqual({
    code: 1,
    out: '',
    err: "guidon: 'plan': send a boolean, number, text, null, ISO date or JSON\n",
  })
})

test('looks for what is wrong', async () => {
  const { code, out, err } = await command([
    'doctor',
    '--environment',
    'client-key',
    '--api',
    await serving(),
  ])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('ok   realtime ')
})

test('reads a config in TypeScript where Node does, or jiti is there, and else says so', async () => {
  const cwd = emptyFolder()
  writeFileSync(
    join(cwd, 'guidon.config.ts'),
    `const key: string = 'client-key'\nexport default { environmentKey: key, api: '${await serving()}' }`,
  )
  // Node has known types since 22.18; where it does it says so here.
  const { code, err } = await command(['pull'], cwd)
  if ((process.features as { typescript?: unknown }).typescript) expect(code).toBe(0)
  else
    expect({ code, err }).toEqual({
      code: 1,
      err: 'guidon: guidon.config.ts: TypeScript needs Node 22.18 or newer, or `npm install --save-dev jiti`.\n',
    })
  mkdirSync(join(cwd, 'node_modules'))
  symlinkSync(resolve('node_modules/jiti'), join(cwd, 'node_modules/jiti'))
  expect(await command(['pull'], cwd)).toMatchObject({ code: 0, err: '' })
})

/** Starts it, and sends it a signal when `ready` says so. */
async function interrupted(
  args: string[],
  signal: NodeJS.Signals,
  ready: (started: { out: string }) => Promise<unknown>,
) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: emptyFolder(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  afterwards(() => child.kill('SIGKILL'))
  const started = { out: '' }
  child.stdout.on('data', (text) => {
    started.out += text
  })
  const ended = new Promise<unknown>((done) => child.on('exit', (code, by) => done(code ?? by)))
  await ready(started)
  child.kill(signal)
  return ended
}

test.each(['SIGINT', 'SIGTERM'] as const)('stops serving on %s, and that is no failure', async (signal) => {
  const file = join(emptyFolder(), 'environment.json')
  writeFileSync(file, JSON.stringify(document))
  const args = ['serve', '--document', file, '--port', '0']
  const ended = await interrupted(args, signal, (started) => poll(() => started.out).toContain('Serving'))
  expect(ended).toBe(0)
})

test('does not wait for a server when it is interrupted', async () => {
  let asked = 0
  const server = await listen(
    () => {
      asked++
      return new Promise(() => {})
    },
    { port: 0 },
  )
  afterwards(() => server.close())
  const args = ['pull', '--environment', 'key', '--api', server.url, '--timeout', '3600']
  expect(await interrupted(args, 'SIGINT', () => poll(() => asked).toBe(1))).toBe('SIGINT')
})

test('is content when nobody reads to the end', async () => {
  const child = spawn(process.execPath, [CLI, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (text) => {
    err += text
  })
  expect(await new Promise((done) => child.on('exit', done))).toBe(0)
  expect(err).toBe('')
})
