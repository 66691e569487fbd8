import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../../src/cli/edge/settings.ts'
import { emptyFolder } from '../folder.ts'
import { ran } from '../run.ts'

const pair = { server_side_key: 'ser.secret', client_side_key: 'client' }
const read = (value: unknown, env: Record<string, string> = {}, options = {}) => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value))
  return readSettings(options, { cwd, env })
}
const failure = (value: unknown, env?: Record<string, string>, options?: object) =>
  read(value, env, options).then(
    () => 'taken',
    ({ message }: Error) => message,
  )

test('takes a config of the Edge Proxy, and says what of it has no effect', async () => {
  const { settings, notes } = await read({
    environment_key_pairs: [pair],
    api_url: 'https://flags.example.com/api/v1',
    api_poll_frequency_seconds: 20,
    api_poll_timeout_seconds: 3,
    endpoint_caches: { flags: { use_cache: true } },
    allow_origins: ['https://shop.example'],
    server: { host: '127.0.0.1', port: 9000, reload: false },
    health_check: { environment_update_grace_period_seconds: 30 },
    logging: { log_level: 'WARNING', log_format: 'json', enable_access_log: true, override: {} },
    telemetri: 1,
  })
  expect(settings).toMatchObject({
    environments: [{ clientKey: 'client', serverKey: 'ser.secret' }],
    api: 'https://flags.example.com/api/v1/',
    pollMs: 20_000,
    pollTimeoutMs: 3_000,
    allowOrigins: ['https://shop.example'],
    host: '127.0.0.1',
    port: 9000,
    graceMs: 30_000,
    logLevel: 'warning',
    logFormat: 'json',
    accessLog: true,
  })
  expect(notes).toEqual([
    'config.json: endpoint_caches has no effect here.',
    'config.json: server.reload has no effect here.',
    'config.json: logging.override has no effect here.',
    'config.json: telemetri is no setting that the edge knows.',
  ])
})

test('counts in whole milliseconds, for Node takes no others', async () => {
  const { settings } = await read({
    environment_key_pairs: [pair],
    api_poll_timeout_seconds: 2.01,
    health_check: { environment_update_grace_period_seconds: 32.3 },
    limits: { request_seconds: 16.1 },
  })
  expect(settings).toMatchObject({ pollTimeoutMs: 2_010, graceMs: 32_300, requestMs: 16_100 })
})

test('takes variables before the file, and the command line before both', async () => {
  const file = { environment_key_pairs: [pair], api_poll_frequency: 20, server: { host: 'a', port: 1 } }
  const env = { API_POLL_FREQUENCY_SECONDS: '30', SERVER: '{"port":2}', PATH: '/bin', ALLOW_ORIGINS: 'a, b' }
  const { settings } = await read(file, env, { port: 3, workers: 2 })
  expect(settings).toMatchObject({ pollMs: 30_000, host: 'a', port: 3, workers: 2, allowOrigins: ['a', 'b'] })
  expect((await read(file, env)).settings).toMatchObject({ host: 'a', port: 2 })
})

test.each([
  ['ENVIRONMENT_KEY_PAIRS', JSON.stringify([pair])],
  ['ENVIRONMENT_API_KEYS', 'client:ser.secret'],
  ['ENVIRONMENT_KEY_PAIRS', 'ser.secret:client'],
])('takes keys from %s=%s', async (name, value) => {
  const { settings } = await read({}, { [name]: value, FLAGSMITH_API_URL: 'http://localhost:1/api/v1' })
  expect(settings.environments).toEqual([{ clientKey: 'client', serverKey: 'ser.secret' }])
  expect(settings.api).toBe('http://localhost:1/api/v1/')
})

test('says everything that is wrong, and never a key', async () => {
  const message = await failure(
    {
      environment_key_pairs: [{ ...pair, server_side_key: 'secret' }],
      api_url: 'flags',
      server: { port: 'x' },
    },
    { WORKERS: 'many', ALLOW_ORIGINS: '[1]' },
  )
  expect(message).toBe(
    'config.json: environment_key_pairs[0].server_side_key must be a key that begins with "ser.". ' +
      'config.json: api_url must be an address, such as https://flags.example.com/api/v1/. ' +
      'config.json: server.port must be a number from 0 to 65535. ' +
      'allow_origins must be a list of texts. workers must be a number from 1 to 256. ' +
      'Which environments? Give environment_key_pairs in a config file, or the variable ENVIRONMENT_KEY_PAIRS.',
  )
  expect(await failure('{"environment_key_pairs": [{"server_side_key": "ser.secret", }]}')).toMatch(
    /^config\.json is not JSON( at position \d+)?\.$/,
  )
  expect(await failure([])).toBe('config.json holds no object.')
  expect(await failure({ environment_key_pairs: [pair, pair] })).toBe(
    'environment_key_pairs has a key twice.',
  )
  expect(await failure({ environment_key_pairs: [pair], forward_traits: true })).toContain(
    'forward_traits needs a folder',
  )
  expect(await failure({}, { ENVIRONMENT_KEY_PAIRS: 'ser.one:ser.two' })).toContain('client_side_key must be')
})

test('names a file that is not there, and needs none', async () => {
  const { code, err } = await ran(['edge', '--config', 'edge.json'], { cwd: emptyFolder() })
  expect([code, err]).toEqual([1, ['guidon: There is no file edge.json.']])
  const { settings } = await readSettings(
    {},
    { cwd: emptyFolder(), env: { ENVIRONMENT_KEY_PAIRS: 'a:ser.b' } },
  )
  expect(settings).toMatchObject({ host: '0.0.0.0', port: 8000, pollMs: 10_000, workers: 1, data: undefined })
})
