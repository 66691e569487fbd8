#!/usr/bin/env node
/** The file behind the command `guidon`: joins the program to the process. */
import { main } from './main.ts'

/** Of package.json, put in by the build. */
declare const VERSION: string

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

process.exitCode = await main(process.argv.slice(2), {
  version: VERSION,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  stop: stop.signal,
  env: process.env,
  cwd: process.cwd(),
})
