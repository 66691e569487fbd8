import { readFileSync } from 'node:fs'

/** One exchange with a real server, as it was recorded. */
export interface Recording {
  name: string
  request: { method: string; path: string; headers: Record<string, string>; body: unknown }
  response: { status: number; headers: [string, string][]; body: unknown }
}

const read = (file: string): Recording[] =>
  JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8')).transcripts

/** A real Flagsmith API and a real Edge Proxy. Long bodies are recorded as the start of their text. */
export const recordings = {
  'the API': read('flagsmith-api.json'),
  'the Edge Proxy': read('edge-proxy-python.json'),
}

/** The body as text, as it came over the network. */
export const bodyText = ({ response: { body } }: Recording): string =>
  body == null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
