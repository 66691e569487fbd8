import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Demo {
  readonly url: string
  /** What it has written to its standard error. */
  complaints(): string
  close(): Promise<void>
}

/** The demo as `npm run demo` starts it, on a port of its own. */
export const startDemo = (...options: string[]): Promise<Demo> => start('scripts/demo.js', ...options)

/** A script that serves something, and prints one line with the address. */
export const start = async (script: string, ...options: string[]): Promise<Demo> => {
  const child = spawn(process.execPath, [script, '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (bytes: Buffer) => {
    complaints += bytes
    process.stderr.write(bytes)
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0]
    if (url) {
      return {
        url,
        complaints: () => complaints,
        async close() {
          child.kill()
          await ended
        },
      }
    }
  }
  throw new Error(`${script} did not start. Is dist/ built? \`npm run build\``)
}
