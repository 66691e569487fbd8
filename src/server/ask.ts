import { askOnce, type Service, type Somebody } from '../asking/ask-once.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** Somebody whose flags are wanted. */
export interface CacheIdentity extends Somebody {
  readonly id: string
}

/** Asks the flag service, for a cache. */
export const ask = async (service: Service, who: CacheIdentity | undefined): Promise<Snapshot> => {
  const { at, flags } = await askOnce(service, who)
  return { identity: who?.id, source: 'network', at, flags: new Map(flags) }
}
