import { afterEach, beforeEach } from 'vitest'
import { createFlagsmithInstance, type Flagsmith, type IInitConfig } from '../../src/migrate.ts'
import { API, KEY } from '../world.ts'
import { useChunks } from './sides.ts'

/** Instances of ours for a file of tests: what they keep, and what they began, ends with each test. */
export const useInstances = () => {
  useChunks()
  const made: Flagsmith[] = []
  /** What `onError` was told, of all of them. */
  const errors: (Error & { code?: string })[] = []

  beforeEach(() => {
    made.length = errors.length = 0
    localStorage.clear()
  })
  afterEach(() => {
    for (const flagsmith of made) {
      flagsmith.stopListening()
      flagsmith.client?.close()
    }
  })

  const open = () => {
    const flagsmith = createFlagsmithInstance()
    made.push(flagsmith)
    const init = (more: Partial<IInitConfig> = {}) =>
      flagsmith.init({
        environmentID: KEY,
        api: API,
        retries: 0,
        onError: (error) => errors.push(error),
        ...more,
      } as IInitConfig)
    return { flagsmith, init }
  }
  return { errors, open, codes: () => errors.map(({ code }) => code) }
}
