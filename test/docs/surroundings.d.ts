/** What is there without an import. */

import type * as core from 'guidon'
import type * as analytics from 'guidon/analytics'
import type * as live from 'guidon/live'

/** What the script tag makes. */
type Global = typeof core &
  typeof live &
  typeof analytics & { readonly client: core.Client; push(action: (guidon: Global) => void): void }

declare global {
  const guidon: Global
  /** What bundlers tell of the build. */
  interface ImportMeta {
    readonly env: { readonly DEV: boolean }
  }
  interface Window {
    // Before the script has come it is an array.
    guidon: Global | never[]
  }
}
