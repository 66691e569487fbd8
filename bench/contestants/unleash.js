// As in https://docs.getunleash.io/sdks/javascript-browser: localStorage is its default in a browser.
import { UnleashClient } from 'unleash-proxy-client'

export const start = ({ api, environmentKey, identity, told }) => {
  const client = new UnleashClient({
    url: `${api}/api/frontend/all`,
    clientKey: environmentKey,
    appName: 'bench',
    context: { userId: identity },
  })
  client.on('initialized', told)
  client.on('ready', told)
  client.start().then(told)
  return client
}

// A value is the payload of a variant, and text whatever its type.
const payloadOf = (client, name, fallback) => client.getVariant(name).payload?.value ?? fallback

export const isEnabled = (client, name) => client.isEnabled(name)
export const value = payloadOf
export const refresh = (client) => client.updateToggles()
export const identify = (client, id) => client.updateContext({ userId: id })

export const countEnabled = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.isEnabled(names[i])) count++
  return count
}
export const countValues = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (payloadOf(client, names[i], '') !== '') count++
  return count
}
