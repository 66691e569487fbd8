// What both examples of caches have in common: a flag service and an application behind the cache, on any free ports.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { application } from './application.js'
import { flagService } from './flag-service.js'

/**
 * @param port where the cache listens, if the command line says nothing
 * @param cache how to start it: what command it is, with which arguments, when its files are written into `folder`.
 *   `at` has the addresses (`127.0.0.1:…`): `cache`, `flags`, `application`, and `spare` for whatever else listens; the rest is
 *   what the command line says.
 */
export const run = async (port, cache) => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: port },
      flags: { type: 'string' },
      application: { type: 'string' },
      config: { type: 'string' },
      patience: { type: 'string' },
    },
  })
  const service = flagService()
  const servers = []
  const started = async (fetch) => {
    const server = await listen(fetch)
    servers.push(server)
    return `127.0.0.1:${server.address().port}`
  }
  const flags = values.flags ?? (await started(service.handler))
  const behind =
    values.application ?? (await started(application({ api: `http://${flags}/api/v1/`, ...service })))
  const at = {
    cache: `127.0.0.1:${Number(values.port) || (await freePort())}`,
    flags,
    application: behind,
    spare: `127.0.0.1:${await freePort()}`,
  }

  const folder = mkdtempSync(join(tmpdir(), 'guidon-'))
  const [command, ...args] = cache({ at, folder, ...values })
  // Where Debian has servers, which is not in everybody's path.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text
  })
  child.on('error', ({ message }) => {
    complaints += `${message}\nIs it installed? On Debian: apt-get install --no-install-recommends nginx-light varnish\n`
  })
  /** By its number: no other one is touched. */
  let isTold = false
  const stop = () => {
    isTold = true
    child.kill()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  let isOver = false
  child.on('close', () => {
    isOver = true
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true, force: true })
    if (isTold) return
    process.stderr.write(complaints)
    process.exitCode = 1
  })

  while (!isOver && !(await answers(at.cache))) await new Promise((resolve) => setTimeout(resolve, 20))
  if (isOver) return
  process.stdout.write(`The example is at http://${at.cache}/ (Ctrl+C ends it)\n`)
}

/** A configuration with these addresses instead of its own. */
export const replaced = (text, addresses) =>
  text.replace(new RegExp(Object.keys(addresses).join('|'), 'g'), (found) => addresses[found])

const listen = (fetch) =>
  new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server))
  })

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const answers = (address) =>
  new Promise((resolve) => {
    const [host, port] = address.split(':')
    const socket = connect(Number(port), host)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.end())
  })
