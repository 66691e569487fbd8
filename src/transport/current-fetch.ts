/** The `fetch` of the moment, so that a patched or mocked one is the one that is used. */
export const currentFetch: typeof fetch = async (...args) =>
  (globalThis.fetch ?? (await import('cross-fetch')).fetch)(...args)
