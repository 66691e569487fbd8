import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Demo {
  readonly url: string
  close(): Promise<void>
}

/** The demo as `npm run demo` starts it, on a port of its own. */
export const startDemo = async (...options: string[]): Promise<Demo> => {
  const child = spawn(process.execPath, ['scripts/demo.js', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0]
    if (url) {
      return {
        url,
        async close() {
          child.kill()
          await ended
        },
      }
    }
  }
  throw new Error('The demo did not start. Is dist/ built? `npm run build`')
}
