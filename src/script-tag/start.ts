// The script tag of pages without a bundler: it may start a client by itself, and may come after it is called.
import type { Client } from '../client/client.ts'
import { createClient } from '../client/create-client.ts'
import { readJson } from '../client/page.ts'

// biome-ignore lint/suspicious/noExplicitAny: all doors, as the build puts them together under this name.
type Action = (guidon: any) => void

const page = globalThis as { guidon?: readonly Action[] }

/** What the page called before this script came: functions in an array. */
const waiting = page.guidon

/**
 * The client that a script tag with `data-environment-key` starts. `data-api` and `data-identity` are the options of these
 * names; `data-defaults` is the selector of a script element that holds bundled flags as JSON.
 */
const started = (): Client | undefined => {
  const { dataset } = document.currentScript as HTMLScriptElement
  const { defaults } = dataset
  if (!dataset.environmentKey) return
  return createClient({ ...dataset, defaults: defaults && readJson(defaults) } as never)
}

let client: Client | undefined
try {
  client = started()
} catch (error) {
  // Shown in the console, and the page and all else of this script go on.
  Promise.reject(error)
}

export { client }

/** Calls a function with all that guidon is: at once, or, called before the script came, as soon as it has. */
export const push = (action: Action): void => action(page.guidon)

// Each by itself: one that throws does not keep the others from being called.
waiting?.map?.((action) => queueMicrotask(() => push(action)))
