// The floor: what a competent engineer writes in half an hour when nothing may go wrong. The same server and the same
// request as guidon's, so the same answer to parse; no checks, no other identity, no errors, no events.

const KEY = 'flags'

const tableOf = (rows) => {
  const table = new Map()
  for (const row of rows) table.set(row[0], row)
  return table
}

export const start = ({ api, environmentKey, identity, told }) => {
  const stored = localStorage.getItem(KEY)
  let table = tableOf(stored ? JSON.parse(stored) : [])
  const refresh = async () => {
    const response = await fetch(`${api}/api/v1/identities/?identifier=${identity}`, {
      headers: { 'X-Environment-Key': environmentKey },
    })
    const { flags } = await response.json()
    const rows = flags.map((flag) => [flag.feature.name, flag.enabled, flag.feature_state_value])
    table = tableOf(rows)
    localStorage.setItem(KEY, JSON.stringify(rows))
    told()
  }
  refresh()
  return {
    isEnabled: (name) => table.get(name)?.[1] ?? false,
    value: (name, fallback) => table.get(name)?.[2] ?? fallback,
    refresh,
  }
}

export const isEnabled = (client, name) => client.isEnabled(name)
export const value = (client, name, fallback) => client.value(name, fallback)
export const refresh = (client) => client.refresh()

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
