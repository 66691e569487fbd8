import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, vi } from 'vitest'
import { createEdge, type EnvironmentDocument } from '../../src/edge.ts'
import { flagsKeyHandler, fromEdge, type KeyedFlags, type PageFlags } from '../../src/server.ts'
import { start } from '../chromium/demo.ts'

export type Cache = 'nginx' | 'varnish'
export const isThere = (cache: Cache) =>
  spawnSync(...COMMANDS[cache], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0
const COMMANDS: Record<Cache, [string, string[]]> = {
  nginx: ['nginx', ['-v']],
  varnish: ['varnishd', ['-V']],
}

const HERO = 'home-hero-text'
const half = (id: number, name: string, control: string | null, other: string) => ({
  feature: { id, name, type: 'MULTIVARIATE' as const },
  enabled: true,
  feature_state_value: control,
  django_id: id,
  multivariate_feature_state_values: [
    { id, percentage_allocation: 50, multivariate_feature_option: { value: other } },
  ],
})
const boards = (value: number) => ({
  feature: { id: 3, name: 'max_boards' },
  enabled: true,
  feature_state_value: value,
})

/** Two flags that each split everybody in two, one by plan, and one that no page depends on. */
const environment = (): EnvironmentDocument => ({
  api_key: 'key',
  project: {
    segments: [
      {
        id: 1,
        rules: [{ type: 'ALL', conditions: [{ operator: 'EQUAL', property_: 'plan', value: 'pro' }] }],
        feature_states: [boards(100)],
      },
    ],
  },
  feature_states: [
    half(1, HERO, 'left', 'right'),
    half(2, 'new-checkout', null, 'one click'),
    boards(3),
    { feature: { id: 4, name: 'footer' }, enabled: true, feature_state_value: 'old' },
  ],
})
const defaults = {
  flags: {
    [HERO]: { enabled: true, value: 'bundled' },
    'new-checkout': { enabled: false, value: null },
    max_boards: { enabled: true, value: 1 },
  },
}

/** `lies`: its flags are not those of its key. */
type Mood = 'well' | 'fails' | 'hangs' | 'lies'

/** What a page of the application says. */
export interface Page {
  readonly flags: KeyedFlags
  readonly key: string
  readonly render: number
}
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly isHit: boolean
  readonly page: Page
}
export interface Visit {
  readonly method?: string
  readonly path?: string
  readonly plan?: string
  readonly cookie?: string
  readonly headers?: Record<string, string>
}

/** A server whose port stays its own while it is down. */
const serverOn = async (answer: Parameters<typeof createServer<typeof IncomingMessage>>[1]) => {
  const server = createServer(answer)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  // A cache keeps connections for as long as it likes.
  server.keepAliveTimeout = 0
  const up = async (port = 0) => {
    if (!server.listening) await once(server.listen(port, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await up()
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  const down = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    hangUp()
    await closed
  }
  return {
    address: `127.0.0.1:${port}`,
    up: () => up(port),
    down,
    hangUp,
  }
}

/** A cache as its example starts it, between visitors, an application and a flag service that are ours. */
export const startWorld = async (cache: Cache) => {
  const document = environment()
  const edge = createEdge({ document })
  const flagsOf = (identifier: string, plan?: string) => {
    const { footer: _, ...flags } = edge.flagsOf({
      identifier,
      traits: new Map(plan ? [['plan', plan]] : []),
    })
    return flags
  }

  // The flag service.
  const lookups: IncomingMessage[] = []
  const evaluated: string[] = []
  const service = {
    lookups,
    evaluated,
    /** How long the cache may keep a lookup: for ever, or as short as can be. */
    maxAge: 3600,
    mood: 'well' as Mood,
  }
  const flags = await serverOn(async (incoming, response) => {
    const { url = '', headers } = incoming
    if (service.mood === 'hangs') return
    if (service.mood === 'fails') {
      response.writeHead(500).end()
      return
    }
    if (url.startsWith('/flags-key')) lookups.push(incoming)
    const handler = flagsKeyHandler({
      evaluate(visitor) {
        evaluated.push(visitor.identifier)
        return edge.flagsOf(visitor)
      },
      traits: ['plan'],
      maxAge: service.maxAge,
    })
    const answer = await handler(
      new Request(`http://flags${url}`, { headers: headers as Record<string, string> }),
    )
    if (service.mood === 'lies') answer.headers.set('Flags-Key', `1.${'0'.repeat(32)}`)
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })

  // The application.
  const seen: IncomingMessage[] = []
  const application = {
    seen,
    renders: 0,
    headers: (flags: PageFlags): Record<string, string | number> =>
      flags.headers({ maxAge: 3600, version: 'build 1' }),
  }
  const behind = await serverOn(async (incoming, response) => {
    seen.push(incoming)
    const flags = await fromEdge(incoming.headers, { environmentKey: 'key', defaults })
    application.renders++
    const shown = Object.values(flags.all()).map(({ name, enabled, value }) => [name, { enabled, value }])
    const page: Page = { flags: Object.fromEntries(shown), key: flags.key, render: application.renders }
    response.writeHead(200, { 'Content-Type': 'application/json', ...application.headers(flags) })
    response.end(JSON.stringify(page))
  })

  const example = await start(
    `examples/${cache}/server.js`,
    ...['--flags', flags.address, '--application', behind.address, '--patience', '1s'],
  )

  // The visitors.
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const visit = (visitor?: string, { method = 'GET', path = '/', plan, cookie, headers = {} }: Visit = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const cookies = [visitor && `guid=${visitor}`, plan && `plan=${plan}`, cookie]
        .filter(Boolean)
        .join('; ')
      const asking = request(
        new URL(path, example.url),
        { method, agent, headers: { ...(cookies && { Cookie: cookies }), ...headers } },
        async (answer) => {
          let text = ''
          for await (const part of answer.setEncoding('utf8')) text += part
          const { statusCode: status = 0 } = answer
          const isHit = answer.headers['x-cache'] === 'HIT'
          const page = status === 200 && method !== 'HEAD' ? JSON.parse(text) : undefined
          resolve({ status, headers: answer.headers, text, isHit, page })
        },
      )
      asking.on('error', reject).end()
    })

  const combinationOf = (visitor: string) => JSON.stringify(flagsOf(visitor))
  let number = 0
  return {
    service,
    application,
    defaults: defaults.flags,
    flagsOf,
    visit,
    /** A page that nobody has seen. */
    newPath: () => `/page-${++number}`,
    /** Visitors who have never been here: so many of each of the four combinations. */
    newVisitors(each: number) {
      const groups = new Map<string, string[]>()
      while (groups.size < 4 || [...groups.values()].some((group) => group.length < each)) {
        const visitor = crypto.randomUUID()
        const group = groups.get(combinationOf(visitor)) ?? []
        if (group.length < each) group.push(visitor)
        groups.set(combinationOf(visitor), group)
      }
      return [...groups.values()]
    },
    /** Somebody changes a flag, in a dashboard. */
    set(name: string, value: string | number) {
      const state = document.feature_states.find(({ feature }) => feature.name === name)
      Object.assign(state as object, { feature_state_value: value })
      edge.replace(document)
    },
    takeServiceDown: flags.down,
    /** Well, up again, and known to be. */
    async repairService() {
      if (service.mood === 'hangs') flags.hangUp()
      Object.assign(service, { mood: 'well', maxAge: 3600 })
      await flags.up()
      await vi.waitFor(async () => expect((await visit(crypto.randomUUID())).page.key).not.toBe('default'), {
        timeout: 30_000,
        interval: 100,
      })
    },
    async close() {
      agent.destroy()
      const code = await example.close()
      await flags.down()
      await behind.down()
      return { code, said: example.said() }
    },
  }
}
export type World = Awaited<ReturnType<typeof startWorld>>
