// The edge under load, beside a bare Node server that returns the same bytes.
//
//   npm run bench:edge                    5 rounds of 5 seconds for each server and request
//   npm run bench:edge -- --seconds 1     shorter
//   npm run bench:edge -- --rounds 15     more of them, less noise
//   npm run bench:edge -- --minutes 10    afterwards 10 minutes of POST, and the memory once a minute
//
// Both servers are processes of their own: hosted.js with 100 features, 20 segments and 200 overrides, and bare.js. 64
// connections are kept alive. In each round each server gets each request; a figure is the median of the rounds, and a
// ratio the median of the ratios within each round. On Linux with `taskset` all servers share one core and autocannon has
// another; `core` says how much of its core a server used. Where that is far below 100 %, the rate is autocannon's limit,
// and not the server's.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { makeDocument, makeIdentity } from './document.js'

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

/** Starts a server, which prints its address first. */
async function start(...command) {
  const [file, ...args] = isPinned
    ? ['taskset', '-c', '0', process.execPath, ...command]
    : [process.execPath, ...command]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+:\d+\//.exec(line)?.[0]
    if (url) return { child, url }
  }
  throw new Error(`${command[0]} ended without a word.`)
}

/** What a process holds and has used, in bytes and seconds. */
function usage({ child }) {
  const fields = execFileSync('ps', ['-o', 'rss=,cputimes=', '-p', String(child.pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  const ticks = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return { memory: Number(fields[0]) * 1024, seconds: (Number(ticks[11]) + Number(ticks[12])) / 100 }
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

const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
const children = []
try {
  const file = join(folder, 'document.json')
  writeFileSync(file, JSON.stringify(document))
  const guidon = await start('bench/edge/hosted.js', file)
  children.push(guidon.child)

  const flags = await fetch(`${guidon.url}api/v1/flags/`, { headers: key })
  const identity = await fetch(`${guidon.url}api/v1/identities/`, {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: bodies[1],
  })
  const answers = join(folder, 'answers.json')
  const {
    date,
    connection,
    'content-length': length,
    'transfer-encoding': encoding,
    'keep-alive': keep,
    ...headers
  } = Object.fromEntries(flags.headers)
  writeFileSync(answers, JSON.stringify({ headers, get: await flags.text(), post: await identity.text() }))
  const bare = await start('bench/edge/bare.js', answers)
  children.push(bare.child)

  const servers = { guidon, bare }
  const rounds = []
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
      const cells = [
        title,
        name,
        Math.round(figure('rate')).toLocaleString('en-US'),
        ratio('rate'),
        figure('cost').toFixed(0),
        ratio('cost'),
        `${Math.round(figure('core') * 100)} %`,
        figure('p99'),
        Math.round(figure('memory') / 2 ** 20),
      ]
      print(`| ${cells.join(' | ')} |`)
    }
  }

  for (let minute = 0; minute < Number(options.minutes); minute++) {
    if (minute === 0) print('\n| minute | answers/s | p99 ms | memory MiB |\n| --: | --: | --: | --: |')
    const { rate, p99, memory } = await load(guidon, requests['POST identities/'], 60)
    print(
      `| ${minute + 1} | ${Math.round(rate).toLocaleString('en-US')} | ${p99} | ${Math.round(memory / 2 ** 20)} |`,
    )
  }
} finally {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true })
}
