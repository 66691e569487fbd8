import { OpenFeature } from '@openfeature/web-sdk'
import { afterEach, beforeEach } from 'vitest'
import { environment } from '../../src/testing.ts'
import { served } from '../served.ts'
import { KEY } from '../world.ts'

/** The environment of a garden centre: a flag of each type, some that are off, one that depends on who asks. */
const gardenDocument = () =>
  environment({
    key: KEY,
    flags: {
      greeting: 'Good day',
      switch: true,
      'switched-off': false,
      open: { value: true },
      closed: { value: false },
      ajar: 'true',
      motto: 'grow',
      silence: '',
      seeds: 12,
      none: 0,
      many: 2_147_483_647,
      ratio: '0.25',
      bed: '{"rows":3,"organic":true,"crop":"leek"}',
      list: '[1,2]',
      broken: '{"rows":',
      winter: { enabled: false, value: 'closed' },
      hedge: { value: 'low', split: [{ value: 'high', percent: 100, variant: 'tall' }] },
    },
    segments: [{ when: { thumb: 'green' }, flags: { greeting: 'Hello again' } }],
  })

/** That environment, served. */
export const openGarden = () => served(gardenDocument())

/** OpenFeature is one for a process: each test of a file finds it as new, and what it logs is kept. */
export const useOpenFeature = () => {
  const logged: string[] = []
  const keep =
    (level: string) =>
    (...words: unknown[]) =>
      void logged.push(`${level}: ${words[0]}`)
  beforeEach(() => {
    logged.length = 0
    OpenFeature.setLogger({ error: keep('error'), warn: keep('warn'), info: () => {}, debug: () => {} })
  })
  afterEach(async () => {
    await OpenFeature.clearProviders()
    await OpenFeature.clearContexts()
    OpenFeature.clearHandlers()
    OpenFeature.clearHooks()
  })
  return logged
}
