// As in https://docs.growthbook.io/lib/js: localStorage is its default in a browser.
import { GrowthBook } from '@growthbook/growthbook'

export const start = ({ api, environmentKey, identity, told }) => {
  const client = new GrowthBook({ apiHost: api, clientKey: environmentKey, attributes: { id: identity } })
  client.setRenderer(told)
  client.init().then(told)
  return client
}

export const isEnabled = (client, name) => client.isOn(name)
export const value = (client, name, fallback) => client.getFeatureValue(name, fallback)
// Without `skipCache` it asks nobody for a minute.
export const refresh = (client) => client.refreshFeatures({ skipCache: true })
export const identify = (client, id) => client.setAttributes({ id })

export const countEnabled = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.isOn(names[i])) count++
  return count
}
export const countValues = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.getFeatureValue(names[i], '') !== '') count++
  return count
}
