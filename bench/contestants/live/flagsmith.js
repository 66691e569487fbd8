// As in https://docs.flagsmith.com/clients/javascript: it polls by `startListening`.
import flagsmith from '@flagsmith/flagsmith'

export const live = async ({ api, environmentKey, identity, traits, intervalMs, probe }) => {
  await flagsmith.init({ environmentID: environmentKey, api: `${api}/api/v1/`, cacheFlags: true })
  await flagsmith.identify(identity)
  await flagsmith.setTraits(traits)
  flagsmith.startListening(intervalMs)
  return flagsmith.getValue(probe.name)
}
