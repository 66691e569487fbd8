// Page hits of nginx and Varnish with flags, beside the same cache without flags, in one run.
//
//   npm run bench:cache                 needs nginx, varnish and wrk (apt-get install --no-install-recommends nginx varnish wrk)
//   … -- --cache nginx                  one of them
//   … -- --seconds 1 --rounds 1         a smoke test
//
// How to read it. wrk, the cache and the flag service share the processors of this machine, so only the ratios say something.
// In each round every shape is measured once; a line gives the median of the rounds. A page has 8 kB, the cache keeps it for an
// hour and a lookup for two seconds, and everything is there before it is measured.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs, promisify } from 'node:util'
import { fromEdge } from 'guidon/server'

const { values } = parseArgs({
  options: {
    cache: { type: 'string', default: 'nginx,varnish' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
})
const PLAIN = { nginx: 'bench/cache/plain.conf', varnish: 'bench/cache/plain.vcl' }

const page = 'x'.repeat(8_000)
const application = createServer(async ({ headers }, response) => {
  const flags = await fromEdge(headers, { environmentKey: 'key' })
  response.writeHead(200, {
    ...flags.headers({ maxAge: 3600, version: '1' }),
    'Cache-Control': 's-maxage=3600',
  })
  response.end(page)
})
await once(application.listen(0, '127.0.0.1'), 'listening')

/** A cache as its example starts it. */
const started = async (cache, ...options) => {
  const address = `127.0.0.1:${application.address().port}`
  const args = [`examples/${cache}/server.js`, '--port', '0', '--application', address, ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child.stdout, 'data'), ended])
  const url = /http:\S+/.exec(said)?.[0]
  if (!url) throw new Error(`examples/${cache}/server.js did not start`)
  return {
    url,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

const run = promisify(execFile)
/** Requests per second, and the median of how long one took. */
const measured = async (url, visitors, seconds) => {
  const args = [
    '-t1',
    '-c32',
    `-d${seconds}s`,
    '--latency',
    '-s',
    'bench/cache/visitors.lua',
    url,
    '--',
    `${visitors}`,
  ]
  const { stdout } = await run('wrk', args)
  const failed = /Non-2xx.*|Socket errors.*/.exec(stdout)
  if (failed) throw new Error(failed[0])
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p50: /^ +50% +(\S+)/m.exec(stdout)[1] }
}
const median = (list) => list.sort((a, b) => a.rate - b.rate)[list.length >> 1]

for (const cache of values.cache.split(',')) {
  const plain = await started(cache, '--config', PLAIN[cache])
  const flagged = await started(cache)
  const shapes = [
    { title: 'without flags', url: plain.url, visitors: 1000, samples: [] },
    { title: 'with flags, 1 visitor', url: flagged.url, visitors: 1, samples: [] },
    { title: 'with flags, 1,000 visitors', url: flagged.url, visitors: 1000, samples: [] },
  ]
  try {
    for (const { url, visitors } of shapes) await measured(url, visitors, 1)
    for (let round = 0; round < Number(values.rounds); round++)
      for (const { url, visitors, samples } of shapes)
        samples.push(await measured(url, visitors, Number(values.seconds)))
  } finally {
    await plain.stop()
    await flagged.stop()
  }
  const base = median(shapes[0].samples).rate
  const lines = shapes.map(({ title, samples }) => {
    const { rate, p50 } = median(samples)
    const figure = Math.round(rate).toLocaleString('en-US')
    return `  ${title.padEnd(28)}${figure.padStart(8)} requests/s${(rate / base).toFixed(2).padStart(7)}   p50 ${p50}`
  })
  process.stdout.write(`${cache}: hits of an 8 kB page\n${lines.join('\n')}\n`)
}
application.close()
