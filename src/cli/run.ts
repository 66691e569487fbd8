#!/usr/bin/env node
/** The file behind the command `guidon`: joins the program to the process. */
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { main } from './main.ts'

/** Of package.json, put in by the build. */
declare const VERSION: string

const { env, stdout, stderr } = process
const isTerminal = stdout.isTTY && stderr.isTTY && env.TERM !== 'dumb'

/** Ctrl+C ends a command, unless it asks to hear of it. */
let stop: AbortController | undefined
const listen = () => {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller
}

/** Takes what was shown of the progress away. */
const CLEAR = isTerminal ? '\r\x1b[K' : ''

// Who reads may have enough before the end: `| head`.
for (const stream of [stdout, stderr]) stream.on('error', () => {})

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
  out: (line) => void stdout.write(`${CLEAR}${line}\n`),
  err: (line) => void stderr.write(`${CLEAR}${line}\n`),
  ...(isTerminal && { progress: (text: string) => void stderr.write(`${CLEAR}${text} …`) }),
  // What https://no-color.org and https://force-color.org say.
  colours: !env.NO_COLOR && (env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : isTerminal),
  get stop() {
    stop ??= listen()
    return stop.signal
  },
  ...(process.stdin.isTTY && { onLine }),
  env,
  cwd: process.cwd(),
})
