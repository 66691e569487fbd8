// A server of the SDK API in plain JavaScript, for Hermes has neither Request nor URL. It keeps traits.

export const createServer = (kept = {}) => {
  const server = {
    /** By identifier, the traits that are kept. It outlives the app. */
    kept,
    banner: 'Hello',
    answer({ url, headers, body }) {
      if (headers['X-Environment-Key'] !== 'client-key') return { status: 403, text: '{}' }
      const [, query] = url.split('?identifier=')
      const identifier = body?.identifier ?? (query && decodeURIComponent(query))
      const traits = { ...kept[identifier] }
      for (const { trait_key, trait_value, transient } of body?.traits ?? []) {
        traits[trait_key] = trait_value
        if (!transient && !body.transient) {
          kept[identifier] ??= {}
          kept[identifier][trait_key] = trait_value
        }
      }
      const flags = [
        flag('discount', true, traits.plan === 'pro' ? 20 : 5),
        flag('banner', true, traits.country === 'FR' ? 'Bonjour' : server.banner),
        flag('new-checkout', identifier !== undefined, null),
      ]
      return { status: 200, text: JSON.stringify(identifier ? { identifier, traits: [], flags } : flags) }
    },
  }
  return server
}

const flag = (name, enabled, feature_state_value) => ({
  feature: { id: 1, name, type: 'STANDARD' },
  enabled,
  feature_state_value,
})
