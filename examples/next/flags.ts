import { createClient } from 'guidon'
import { cookies } from 'next/headers'
import { connection } from 'next/server'
import { cache } from 'react'
import defaults from './guidon.flags.json'

/**
 * Where the flags are, for the server and for the page, and what they were when the app was built. The address is known when a
 * page is asked for, not before.
 */
export const service = () => ({ environmentKey: 'example-key', api: process.env.FLAGS_API!, defaults })

/** This visitor's client. `cache` makes one for all components of a request, and another for the next request. */
export const flags = cache(async () => {
  // Flags are of this moment and of this visitor: none are to be rendered ahead.
  await connection()
  const client = createClient({ ...service(), identity: (await cookies()).get('visitor')?.value })
  // Never rejects, and waits for five seconds at most. (`timeoutMs` is how long a page of yours may wait.) Without an answer
  // components render with the flags of the build, and the page asks for itself.
  await client.ready({ from: 'network' })
  // It can still be read, and asks for nothing more.
  client.close()
  return client
})
