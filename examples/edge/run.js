// A flag service, an edge before it, and an outage.
//
//     npm run example:edge

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, memoryStorage } from 'guidon'
import { realtime } from 'guidon/live'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'guidon-edge-'))
const say = (line) => process.stdout.write(`${line}\n`)

// ── Two programs ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Starts `guidon` with arguments, and waits for the address that it says. */
async function guidon(args, env = {}) {
  const child = spawn(process.execPath, [here('../../dist/cli.js'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const url = await new Promise((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      const found = /http:[^\s"]+/.exec(said)
      if (found) resolve(found[0])
    })
    ended.then(() => reject(new Error(`guidon ${args[0]} did not start.`)))
  })
  const end = async (signal = 'SIGTERM') => {
    child.kill(signal)
    await ended
  }
  return { url, end }
}

const file = join(folder, 'environment.json')
const document = JSON.parse(readFileSync(here('../environment.json'), 'utf8'))
const save = () => {
  document.updated_at = new Date().toISOString()
  writeFileSync(file, JSON.stringify(document))
}
const flagService = (port = 0) =>
  guidon(['serve', '--document', file, '--port', `${port}`], {
    GUIDON_SERVER_KEY: 'ser.guidon-demo-server-key',
  })
const edgeBefore = (api, port = 0) =>
  guidon(['edge', '--config', here('edge.json'), '--data', join(folder, 'edge'), '--port', `${port}`], {
    API_URL: api,
  })

/** Waits until something is true, for as long as that may take. */
async function until(what, isTrue) {
  const end = Date.now() + 30_000
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > end) throw new Error(`Not so: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  say(`- ${what}`)
}

// ── The story ───────────────────────────────────────────────────────────────────────────────────────────────────────

const feature = document.feature_states.find(({ enabled }) => enabled)
const { name } = feature.feature
const user = crypto.randomUUID()
const key = document.api_key

save()
let service = await flagService()
let edge = await edgeBefore(service.url)
say(`The flag service is ${service.url}, the edge ${edge.url}.`)

/** What the flag service knows of the user. */
const traitsUpstream = async () => {
  const response = await fetch(`${service.url}identities/?identifier=${user}`, {
    headers: { 'X-Environment-Key': key },
  })
  const { traits } = await response.json()
  return Object.fromEntries(traits.map(({ trait_key, trait_value }) => [trait_key, trait_value]))
}

const client = createClient({
  environmentKey: key,
  api: edge.url,
  identity: { id: user, traits: { plan: 'pro' } },
  storage: memoryStorage(),
  use: [realtime()],
})
try {
  await until(`a client has flags from the edge: ${name} is on`, async () => client.isEnabled(name))
  await until(
    "the user's trait has reached the flag service",
    async () => (await traitsUpstream()).plan === 'pro',
  )

  feature.enabled = false
  save()
  await until(
    `${name} was switched off there, and the client has heard of it`,
    async () => !client.isEnabled(name),
  )

  const { port } = new URL(service.url)
  await service.end()
  say('The flag service is gone.')
  await client.setTraits({ plan: 'enterprise' })
  say('- a trait that is set now is acknowledged')

  const edgePort = new URL(edge.url).port
  await edge.end('SIGKILL')
  say('The edge was killed.')
  edge = await edgeBefore(service.url, edgePort)
  await client.refresh()
  say('- it is back, with the flags from its disk')

  service = await flagService(port)
  say('The flag service is back.')
  await until('the trait has arrived', async () => (await traitsUpstream()).plan === 'enterprise')
  say('All of it was true.')
} finally {
  client.close()
  await edge.end()
  await service.end()
  rmSync(folder, { recursive: true })
}
