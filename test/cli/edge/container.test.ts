/**
 * The Dockerfile without Docker: what its last stage copies, alone in a folder that nobody may write to, run as it says by somebody
 * who is not root.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { emptyFolder } from '../folder.ts'
import { afterwards } from '../run.ts'
import { KEYS, soon } from './edge.ts'
import { startUpstream } from './upstream.ts'

vi.setConfig({ testTimeout: 60_000 })

/** The last stage, an instruction a line. */
const stage = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n/g, ' ')
  .split(/^(?=FROM )/m)
  .at(-1)!
const all = (instruction: string) =>
  [...stage.matchAll(new RegExp(`^${instruction} +(.*)$`, 'gm'))].map(([, rest]) => rest!)
const command = (instruction: string): string[] =>
  JSON.parse(
    all(instruction)
      .at(-1)!
      .replace(/^.*?(?=\[)/, ''),
  )

/** Who runs it there has this number, if we may choose. Else it is who runs the tests. */
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: 1000, gid: 1000 } : {}

test('starts as anybody, writes to its data alone, is healthy, and ends when it is told to', async () => {
  expect(all('USER')).toEqual(['node'])
  const variables = Object.fromEntries(
    all('ENV').flatMap((line) => line.split(' ').map((one) => one.split('='))),
  )
  // Root makes the folder for that user while it can.
  expect(all('VOLUME')).toEqual([variables.DATA_DIR])
  expect(all('RUN')).toEqual([expect.stringContaining(`chown node:node ${variables.DATA_DIR}`)])
  const root = emptyFolder()
  chmodSync(root, 0o755)
  for (const copy of all('COPY')) {
    const [, from, to] = /^--from=build \/guidon\/(\S+) (\S+)$/.exec(copy)!
    cpSync(from!, join(root, to!.endsWith('/') ? to! + from! : to!), { recursive: true })
  }
  const data = join(root, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (isRoot) chownSync(data, 1000, 1000)
  const app = join(root, 'guidon')
  await promisify(execFile)('chmod', ['-R', 'a-w', app])
  afterwards(() => promisify(execFile)('chmod', ['-R', 'u+w', app]))

  const upstream = await startUpstream()
  const [, ...args] = [...command('ENTRYPOINT'), ...command('CMD')].map((arg) =>
    arg.replace(/^\/guidon/, app),
  )
  const child = spawn(process.execPath, args, {
    ...user,
    cwd: app,
    // The port is 8000 there, and may be somebody's here.
    env: {
      ...variables,
      DATA_DIR: data,
      ENVIRONMENT_KEY_PAIRS: KEYS,
      API_URL: upstream.api,
      SERVER: '{"host":"127.0.0.1","port":0}',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  afterwards(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const { origin } = await soon(() => new URL(/"url":"([^"]+)"/.exec(said)![1]!))
  await soon(() => expect(readdirSync(join(data, 'documents'))).toHaveLength(1))

  const [, flag, script] = command('HEALTHCHECK')
  const healthy = (origin: string) =>
    promisify(execFile)(process.execPath, [flag!, script!.replace('http://127.0.0.1:8000', origin)], user)
  await healthy(origin)
  await expect(healthy('http://127.0.0.1:9')).rejects.toMatchObject({ code: 1 })

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  for (const line of said.trim().split('\n')) expect(JSON.parse(line)).not.toMatchObject({ level: 'error' })
  expect(readdirSync(root).sort()).toEqual(['data', 'guidon'])
})
