import type { Inside } from '../client/client.ts'

/** Which tab runs the extensions of `tabs()`, in words. */
export const leadOf = async ({ api, environmentKey }: Inside): Promise<string> => {
  const locks = globalThis.navigator?.locks
  if (!locks) return 'not known: no Web Locks here'
  // A lock of our own tells under which name the browser knows this tab.
  const name = `guidon inspector ${Math.random()}`
  const { held = [], pending = [] } = await locks.request(name, () => locks.query())
  const self = held.find((lock) => lock.name === name)?.clientId
  const start = JSON.stringify(['guidon 1', api, environmentKey]).slice(0, -1)
  const ours = (lock: LockInfo) => lock.name?.startsWith(`${start},`)
  const leaders = held.filter(ours)
  const isIn = [...leaders, ...pending.filter(ours)].some(({ clientId }) => clientId === self)
  if (leaders.some(({ clientId }) => clientId === self)) return 'this tab'
  if (isIn) return 'another tab'
  return leaders.length ? 'other tabs only; this one works alone' : 'no tab: each works alone, without tabs()'
}
