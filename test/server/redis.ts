import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createClient } from 'redis'

const isThere = spawnSync('redis-server', ['--version']).status === 0

/** For the titles of what needs Redis: says so where it was not run. */
export const needsRedis = isThere ? 'with Redis' : 'with Redis: NOT RUN, there is no redis-server here'
export const skipRedis = !isThere

/** A port of this machine that nobody has. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** A Redis of the test's own: it keeps nothing on the disk, and ends with `stop`. */
export const startRedis = async (port: number) => {
  const child: ChildProcess = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text) => {
      said += text
      if (said.includes('Ready to accept connections')) resolve()
    })
    child.once('exit', () => reject(new Error(said)))
    child.once('error', reject)
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Killed outright, as a machine is that loses its power. */
    async stop() {
      if (child.exitCode !== null || child.signalCode) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** A client as an app makes one. */
export const redisClient = (url: string) =>
  createClient({ url, socket: { reconnectStrategy: 50 } }).on('error', () => {})
