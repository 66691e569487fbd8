import type { Extension } from '../../src/index.ts'

/** What the user agreed to, as it is at the time: an extension before those that ask. */
export const agreed =
  (consent: { analytics: boolean }): Extension =>
  (inside) => {
    inside.consent = () => ({ storage: true, ...consent })
  }
