import type { More } from 'guidon/migrate/more'
import type { Open } from './session.ts'
import { take } from './state.ts'
import type { IState } from './types.ts'

/**
 * Takes over what the official client left on the device, in the same tick where the device answers at once. It goes when
 * there is something better: the identifier and all traits are in it, in clear.
 */
export const adopt = async (session: Open, load: () => Promise<More | undefined>): Promise<void> => {
  const { AsyncStorage, cacheOptions } = session.config
  const { api, environmentKey: key } = session.inside
  const name = cacheOptions?.storageKey || `FLAGSMITH_DB_${key}`
  try {
    const device = AsyncStorage ?? localStorage
    const text: string | null = AsyncStorage ? await device.getItem(name) : device.getItem(name)
    if (!text) return
    load().then((more) => more?.tidy(session.inside, device, name))
    const state: IState = JSON.parse(text)
    if (state.api === api && state.evaluationContext?.environment?.apiKey === key)
      take(session, state, 'storage', state.ts ?? 1)
  } catch {
    // None, denied, or not a word of theirs.
  }
}
