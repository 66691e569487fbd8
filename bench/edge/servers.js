// `guidon edge` as it is installed, and the flag service that it follows: two processes.

import { spawn } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'

const SERVER_KEY = 'ser.bench'

/** Starts a server, which says its address. `before` is what the system is to run it with. */
export async function startServer(args, { env = {}, before = [] } = {}) {
  const [file, ...rest] = [...before, process.execPath, ...args]
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...env },
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+:\d+\//.exec(line)?.[0]
    if (url) return { child, url }
  }
  throw new Error(`${args.join(' ')} ended without a word.`)
}

/** The edge with a document. `before` is what the system is to run it with. */
export async function startEdge(document, { before, env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
  const file = join(folder, 'document.json')
  const write = (document) => {
    // Whole, or the flag service would say that it is broken.
    writeFileSync(`${file}.new`, JSON.stringify(document))
    renameSync(`${file}.new`, file)
  }
  write(document)
  const children = []
  const end = () => {
    for (const child of children) child.kill()
    rmSync(folder, { recursive: true })
  }
  try {
    const port = ['--port', '0']
    const source = ['--document', file, '--server-key', SERVER_KEY]
    const service = await startServer(['dist/cli.js', 'serve', ...port, ...source])
    children.push(service.child)
    const edge = await startServer(['dist/cli.js', 'edge', ...port, '--host', '127.0.0.1'], {
      before,
      env: {
        API_URL: `${service.url}api/v1/`,
        ENVIRONMENT_KEY_PAIRS: `${document.api_key}:${SERVER_KEY}`,
        ...env,
      },
    })
    children.push(edge.child)
    while (!(await fetch(`${edge.url}health`)).ok) await wait(10)
    /** A number that it tells Prometheus. */
    async function number(name) {
      const text = await (await fetch(`${edge.url}metrics`)).text()
      return Number(new RegExp(`^guidon_edge_${name} (\\S+)$`, 'm').exec(text)?.[1])
    }
    return { ...edge, write, number, end }
  } catch (error) {
    end()
    throw error
  }
}
