import type { Inside } from '../client/client.ts'
import { hash } from '../core/hash.ts'
import { parsed } from './kept.ts'

/** One thing that the client keeps. */
export interface Item {
  readonly key: string
  readonly what: string
  /** In UTF-8. */
  readonly bytes: number
}

/** A trait write that waits for the server. */
export interface Waiting {
  readonly identity: string
  readonly key: string
  readonly value: unknown
  readonly at: number
}

const KNOWN: Readonly<Record<string, string>> = {
  users: 'whose flags are here, as hashes',
  outbox: 'trait writes that wait for the server',
  retry: 'when the server is asked again after a failure',
  guid: 'the anonymous identity',
  'analytics/flags/': 'counts of reads that wait',
  'v1/events': 'events that wait',
}

/** The names under which the client keeps things: in whatever storage, for all of them are known. */
const keysOf = async ({ storage }: Inside): Promise<Map<string, string>> => {
  const keys = new Map(Object.entries(KNOWN))
  for (const user of `${(await storage.get('users')) || ''}`.split(' ').filter(Boolean))
    keys.set(user, 'flags of another user')
  return keys
}

/** What the client keeps of its users. */
export const itemsOf = async (inside: Inside): Promise<Item[]> => {
  const items: Item[] = []
  const encoder = new TextEncoder()
  const own = hash(inside.identity()?.id)
  for (const [key, what] of await keysOf(inside)) {
    const text = await inside.storage.get(key)
    if (typeof text === 'string')
      items.push({
        key,
        what: key === own ? 'flags of this user' : what,
        bytes: encoder.encode(text).length,
      })
  }
  return items
}

/** What waits for the server, oldest first. */
export const waitingOf = async ({ storage }: Inside): Promise<Waiting[]> => {
  const list = parsed((await storage.get('outbox')) || null)
  return (Array.isArray(list) ? list : [])
    .filter(Array.isArray)
    .map(([identity, key, value, at]) => ({ identity: `${identity}`, key: `${key}`, value, at: Number(at) }))
}

/** Removes all of it from the device. What the client has in memory goes on. */
export const clear = async (inside: Inside): Promise<void> => {
  for (const key of (await keysOf(inside)).keys()) await inside.storage.delete(key)
}
