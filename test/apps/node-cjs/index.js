const { createClient } = require('guidon')
const { memoryStorage } = require('guidon')
const { asyncStorage } = require('guidon/storage')

const texts = memoryStorage()
const device = {
  getItem: async (key) => texts.get(key) ?? null,
  setItem: async (key, text) => void texts.set(key, text),
  removeItem: async (key) => void texts.delete(key),
}
const flags = createClient({
  environmentKey: 'key',
  storage: asyncStorage(device),
  fetch: async () =>
    new Response(
      JSON.stringify([{ feature: { name: 'colour' }, enabled: true, feature_state_value: 'red' }]),
    ),
})
flags.ready({ from: 'network' }).then(() => {
  console.log(flags.value('colour', 'none'))
  flags.close()
})
