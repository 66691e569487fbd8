import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'

export interface Demo {
  readonly url: string
  /** All that it printed so far, complaints too. */
  said(): string
  /** What it has written to its standard error. */
  complaints(): string
  /** Asks it to end (SIGTERM), and gives its exit code, or the name of the signal when that ended it. */
  close(): Promise<number | string>
}

/** The demo as `npm run demo` starts it, on a port of its own. */
export const startDemo = (...options: string[]): Promise<Demo> => start('scripts/demo.js', ...options)

/** A script that serves something, and prints one line with the address. */
export const start = async (script: string, ...options: string[]): Promise<Demo> => {
  const child = spawn(process.execPath, [script, '--port', '0', ...options])
  const ended = once(child, 'exit')
  let said = ''
  let complaints = ''
  child.stderr.on('data', (text) => {
    complaints += text
  })
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
        const found = /http:\S+(?=\s)/.exec(stripVTControlCharacters(said))
        if (found) resolve(found[0])
      })
    }
    ended.then(() => reject(new Error(`${script} did not start. Is dist/ built? \`npm run build\`\n${said}`)))
  })
  return {
    url,
    said: () => said,
    complaints: () => complaints,
    async close() {
      child.kill()
      const [code, signal] = await ended
      return code ?? signal
    },
  }
}
