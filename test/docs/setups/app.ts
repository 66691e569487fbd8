/** What most blocks take for granted: an app, its key, its user, its bundled flags, and a client. */
import { type Client, createClient, type Defaults, type Extension } from 'guidon'
import { z } from 'zod'
import bundled from '../files/guidon.flags.json'

export const environmentKey = 'your-client-side-key'
export const api = 'https://edge.api.flagsmith.com/api/v1/'
export const guid = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
export const traits = { plan: 'pro' }
export const defaults: Defaults = bundled

/** A client that has its flags. Made only where a block uses it. */
export const flags: Client = createClient({ environmentKey, defaults })
await flags.ready({ from: 'network' })
export const client: Client = flags

/** A schema of zod, and what counts when a value does not fit it. */
export const schema = z.object({ accent: z.string() })
export const fallback = { accent: 'black' }

export const extension: Extension = () => {}
export const count = (_what: unknown): void => {}
export const show = (_what: unknown): void => {}
export { transient } from 'guidon'
