#!/usr/bin/env node
/** The file behind the command `guidon`: joins the program to the process. */
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { main } from './main.ts'

/** Of package.json, put in by the build. */
declare const VERSION: string

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

/** Line by line. Single keys would need no Enter, but then the terminal leaves Ctrl+C and Ctrl+Z to us as well. */
function onLine(listener: (line: string) => void): (() => void) | undefined {
  // Who reads in the background (`guidon serve &`) is stopped by the terminal. A plus marks the foreground.
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${process.pid}`], { encoding: 'utf8' })
  if (status === 0 && !stdout.includes('+')) return
  const lines = createInterface({ input: process.stdin }).on('line', listener)
  return () => lines.close()
}

process.exitCode = await main(process.argv.slice(2), {
  version: VERSION,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  stop: stop.signal,
  ...(process.stdin.isTTY && { onLine }),
  env: process.env,
  cwd: process.cwd(),
})
