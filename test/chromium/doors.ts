import { build } from 'esbuild'
import type { BrowserContext } from 'playwright-core'
import { beforeAll, beforeEach } from 'vitest'

type Doors = {
  readonly devtools: typeof import('../../src/devtools.ts')
  readonly live: typeof import('../../src/live.ts')
  readonly storage: typeof import('../../src/storage.ts')
  readonly testing: typeof import('../../src/testing.ts')
}

/** A door's built file, bundled as an app would do it, as a script that leaves it under `guidon_…`. */
export const bundled = async (door: keyof Doors): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [`dist/${door}.js`],
    bundle: true,
    format: 'iife',
    globalName: 'door',
    footer: { js: `globalThis.guidon_${door} = door` },
    platform: 'browser',
    write: false,
  })
  return outputFiles[0]!.text
}

/** What pages find beside the script tag, for their scripts to use. */
export type Beside = { readonly [D in keyof Doors as `guidon_${D}`]: Doors[D] }

/** Brings a door to all pages of a file's tests. */
export const useDoor = (world: { context(): BrowserContext }, door: keyof Doors) => {
  let content = ''
  beforeAll(async () => {
    content = await bundled(door)
  })
  beforeEach(() => world.context().addInitScript({ content }))
  return { text: () => content }
}
