import { createClient } from 'guidon'
import { guidon, useFlag } from 'guidon/vue'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'

const flags = createClient({
  environmentKey: 'key',
  defaults: { flags: { colour: { enabled: true, value: 'red' } } },
  fetch: () => Promise.reject(new TypeError('offline')),
  retries: 0,
})
const app = createSSRApp({
  setup() {
    const colour = useFlag('colour', 'none')
    return () => h('b', colour.value)
  },
})
console.log((await renderToString(app.use(guidon(flags)))).replace(/<[^>]+>/g, ''))
flags.close()
