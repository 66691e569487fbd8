// The edge under load, beside a bare Node server that returns the same bytes.
//
//   npm run bench:edge                    5 rounds of 5 seconds for each server and request
//   npm run bench:edge -- --seconds 1     shorter
//   npm run bench:edge -- --rounds 15     more of them, less noise
//   npm run bench:edge -- --minutes 10    10 minutes of both requests instead, and the memory of each minute
//
// All servers are processes of their own: `guidon edge` with 100 features, 20 segments and 200 overrides, the flag service that
// it follows, and bare.js. 64 connections are kept alive. In each round each server gets each request; a figure is the median
// of the rounds, and a ratio the median of the ratios within each round. On Linux with `taskset` both that are measured share
// one core, and autocannon has another with the flag service; `core` says how much of its core a server used. Where that is far
// below 100 %, the rate is autocannon's limit, and not the server's.
//
// With --minutes every POST is of somebody new. What the process holds after a collection of garbage is told by the lowest
// figure within a minute. If the last minute's is above the second one's (the first is for the compiler) by more than a tenth
// and 4 MiB, that is growth, and it ends with code 1.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { makeDocument, makeIdentity } from './document.js'
import { startEdge, startServer } from './servers.js'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '0' },
  },
})
const print = (text) => process.stdout.write(`${text}\n`)
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

const isPinned = process.platform === 'linux' && existsSync('/usr/bin/taskset')
if (isPinned) execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' })

const before = isPinned ? ['taskset', '-c', '0'] : []

/** What a process holds and has used, in bytes and seconds, by Linux's own count. */
function usage({ child }) {
  const of = (file) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  const ticks = of('stat').split(') ')[1].split(' ')
  return {
    memory: Number(/VmRSS:\s+(\d+)/.exec(of('status'))[1]) * 1024,
    seconds: (Number(ticks[11]) + Number(ticks[12])) / 100,
  }
}

const document = makeDocument()
const key = { 'X-Environment-Key': document.api_key }
const bodies = Array.from({ length: 1000 }, (_, index) => {
  const { identifier, traits } = makeIdentity(index)
  return JSON.stringify({
    identifier,
    traits: Object.entries(traits).map(([trait_key, trait_value]) => ({ trait_key, trait_value })),
  })
})
/** Somebody new each time: autocannon puts in the identifier. */
const stranger = bodies[1].replace(/"identifier":"[^"]*"/, '"identifier":"[<id>]"')
const requests = {
  'GET flags/': { path: 'api/v1/flags/', options: { headers: key } },
  'POST identities/': {
    path: 'api/v1/identities/',
    options: {
      method: 'POST',
      headers: { ...key, 'Content-Type': 'application/json' },
      requests: bodies.map((body) => ({ body })),
    },
  },
}

async function load(server, request, seconds) {
  const before = usage(server)
  const begun = performance.now()
  const result = await autocannon({
    url: server.url + request.path,
    connections: 64,
    duration: seconds,
    ...request.options,
  })
  const after = usage(server)
  if (result.non2xx || result.errors) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return {
    rate: result.requests.total / result.duration,
    p99: result.latency.p99,
    memory: after.memory,
    core: (after.seconds - before.seconds) / ((performance.now() - begun) / 1000),
    cost: ((after.seconds - before.seconds) / result.requests.total) * 1e6,
  }
}

const guidon = await startEdge(document, { before })
try {
  await (Number(options.minutes) > 0 ? grow() : compare())
} finally {
  guidon.end()
}

async function compare() {
  const flags = await fetch(`${guidon.url}api/v1/flags/`, { headers: key })
  const identity = await fetch(`${guidon.url}api/v1/identities/`, {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: bodies[1],
  })
  const {
    date,
    connection,
    'content-length': length,
    'transfer-encoding': encoding,
    'keep-alive': keep,
    ...headers
  } = Object.fromEntries(flags.headers)
  const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
  const answers = join(folder, 'answers.json')
  writeFileSync(answers, JSON.stringify({ headers, get: await flags.text(), post: await identity.text() }))
  const bare = await startServer(['bench/edge/bare.js', answers], { before })
  rmSync(folder, { recursive: true })

  const servers = { guidon, bare }
  const rounds = []
  try {
    for (let round = -1; round < Number(options.rounds); round++) {
      const figures = {}
      for (const [title, request] of Object.entries(requests)) {
        for (const [name, server] of Object.entries(servers)) {
          // The first round is for the compiler.
          figures[`${title} ${name}`] = await load(server, request, round < 0 ? 2 : Number(options.seconds))
        }
      }
      if (round >= 0) rounds.push(figures)
    }
  } finally {
    bare.child.kill()
  }

  print(
    `Node ${process.version}, 64 connections, ${options.rounds} rounds of ${options.seconds} s, ${isPinned ? 'one core for the server' : 'not pinned to cores'}\n`,
  )
  print('| request | server | answers/s | of bare | µs of CPU | of bare | core | p99 ms | memory MiB |')
  print('| --- | --- | --: | --: | --: | --: | --: | --: | --: |')
  for (const title of Object.keys(requests)) {
    for (const name of Object.keys(servers)) {
      const figure = (what) => median(rounds.map((round) => round[`${title} ${name}`][what]))
      const ratio = (what) =>
        median(rounds.map((round) => round[`${title} ${name}`][what] / round[`${title} bare`][what])).toFixed(
          2,
        )
      row(
        title,
        name,
        Math.round(figure('rate')).toLocaleString('en-US'),
        ratio('rate'),
        figure('cost').toFixed(0),
        ratio('cost'),
        `${Math.round(figure('core') * 100)} %`,
        figure('p99'),
        mib(figure('memory')),
      )
    }
  }
}

async function grow() {
  const strangers = {
    ...requests['POST identities/'],
    options: { ...requests['POST identities/'].options, idReplacement: true, requests: [{ body: stranger }] },
  }
  print('| minute | GET/s | p99 ms | POST/s | p99 ms | heap MiB | memory MiB |')
  print('| --: | --: | --: | --: | --: | --: | --: |')
  const lows = []
  for (let minute = 1; minute <= Number(options.minutes); minute++) {
    const low = { heap: Infinity, memory: Infinity }
    const looking = setInterval(async () => {
      low.heap = Math.min(low.heap, await guidon.number('heap_bytes'))
      low.memory = Math.min(low.memory, usage(guidon).memory)
    }, 500)
    const get = await load(guidon, requests['GET flags/'], 30)
    const post = await load(guidon, strangers, 30)
    clearInterval(looking)
    lows.push(low)
    const rates = [get, post].flatMap(({ rate, p99 }) => [Math.round(rate).toLocaleString('en-US'), p99])
    row(minute, ...rates, mib(low.heap), mib(low.memory))
  }
  const [first, last] = [lows[1] ?? lows[0], lows.at(-1)]
  for (const what of ['heap', 'memory']) {
    if (last[what] <= first[what] * 1.1 + 4 * 2 ** 20) continue
    print(`\nIt grows: ${what} from ${mib(first[what])} to ${mib(last[what])} MiB.`)
    process.exitCode = 1
  }
  if (!process.exitCode) print('\nNo growth.')
}

function row(...cells) {
  print(`| ${cells.join(' | ')} |`)
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(1)
}
