/** A server: what it renders with, what it sends, and who asks. */
import { readFileSync } from 'node:fs'
import { createClient } from 'guidon'
import { environmentDocument } from 'guidon/edge'
import { useFlag } from 'guidon/react'
import { flagsCache, webhook } from 'guidon/server'
import { Hono } from 'hono'
import { api, defaults, environmentKey } from './app.ts'

export * from './app.ts'

/** An environment, as Flagsmith gives it to a server-side key. */
export const document = environmentDocument({
  ...JSON.parse(readFileSync('examples/environment.json', 'utf8')),
  api_key: environmentKey,
})
export const clientKey = environmentKey
export const serverKey = 'ser.your-server-side-key'
export const secret = 'of the webhook'
export const url = 'redis://127.0.0.1'
export const build = '42'

export const render = ({ value }: { value(name: 'home-hero-text', fallback: string): string }): string =>
  `<h1>${value('home-hero-text', 'Welcome')}</h1>`
export const send = (_page: string): void => {}
export const App = () => <h1>{useFlag('home-hero-text', 'Welcome')}</h1>

export const request = new Request('https://shop.example/', { headers: { 'Flags-Key': 'default' } })
export const cache = flagsCache({ environmentKey, api, defaults })
export const receive = webhook({ secret, onChange: () => cache.invalidate() })
export const app = new Hono()

/** Somebody's Key-Value. */
const texts = new Map<string, string>()
export const kv = {
  get: (key: string) => texts.get(key),
  put: (key: string, text: string, _ttlMs: number) => void texts.set(key, text),
  delete: (key: string) => void texts.delete(key),
}

export const visitor = createClient({ environmentKey, api, defaults })
