/** An app that starts from the flags of its build, and the config of that build. Compiled by `test/doors.test.ts`. */

import defaults from 'virtual:guidon/defaults'
import { createClient, type Defaults } from 'guidon'
import type { GuidonConfig } from 'guidon/bundler'
import * as guidon from 'guidon/bundler'

export const flags = createClient({ environmentKey: 'key', defaults })
export const same: Defaults = defaults
// @ts-expect-error: a flag has a value
export const wrong: { flags: Record<string, { colour: string }> } = defaults

export const plugin = guidon.vite({ omit: ['secret'], types: false })
// @ts-expect-error: no such option
guidon.rollup({ omits: ['secret'] })
export const config = { environmentKey: 'key', jsonShapes: true } satisfies GuidonConfig
