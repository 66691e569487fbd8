// As in https://docs.flagsmith.com/clients/javascript: the default instance, with its cache in localStorage.
import flagsmith from '@flagsmith/flagsmith'

export const start = ({ api, environmentKey, identity, told }) => {
  flagsmith
    .init({
      environmentID: environmentKey,
      api: `${api}/api/v1/`,
      identity,
      cacheFlags: true,
      onChange: told,
    })
    .then(told)
  return flagsmith
}

export const isEnabled = (client, name) => client.hasFeature(name)
export const value = (client, name, fallback) => client.getValue(name, { fallback })
export const refresh = (client) => client.getFlags()
export const identify = (client, id) => client.identify(id)

export const countEnabled = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.hasFeature(names[i])) count++
  return count
}
export const countValues = (client, names) => {
  let count = 0
  for (let i = 0; i < names.length; i++) if (client.getValue(names[i], { fallback: '' }) !== '') count++
  return count
}
