/** What a real API and a real Edge Proxy were asked, and what they answered. */
import { readFileSync } from 'node:fs'
import type { EnvironmentDocument } from '../../src/edge/document.ts'

export interface Exchange {
  readonly name: string
  readonly request: { method: string; path: string; headers: Record<string, string>; body: unknown }
  readonly response: { status: number; headers: [string, string][]; body: unknown }
}

const read = (file: string): Exchange[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')).transcripts

export const api = read('flagsmith-api.json')
export const edgeProxy = read('edge-proxy-python.json')

export function exchange(exchanges: readonly Exchange[], name: string): Exchange {
  const found = exchanges.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`No recorded exchange is named "${name}".`)
  return found
}

/** A fresh copy of the environment document that the API gave to a server-side key. */
export const recordedDocument = (): EnvironmentDocument =>
  structuredClone(exchange(api, 'document server').response.body) as EnvironmentDocument
