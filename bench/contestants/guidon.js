import { createClient } from 'guidon'

export const start = ({ api, environmentKey, identity, told }) => {
  const client = createClient({ environmentKey, api: `${api}/api/v1/`, identity })
  client.on('change', told)
  // Not needed for a warm start, and not to be paid for in it.
  queueMicrotask(() => client.ready({ from: 'network' }).then(told))
  return client
}

export const isEnabled = (client, name) => client.isEnabled(name)
export const value = (client, name, fallback) => client.value(name, fallback)
export const refresh = (client) => client.refresh()
export const identify = (client, id) => client.identify(id)

export const countEnabled = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.isEnabled(names[i])) count++
  return count
}
export const countValues = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.value(names[i], '') !== '') count++
  return count
}
