import { createClient } from 'guidon'
import { GuidonProvider, useFlag } from 'guidon/react'
import { renderToString } from 'react-dom/server'

const flags = createClient({
  environmentKey: 'key',
  defaults: { flags: { colour: { enabled: true, value: 'red' } } },
  fetch: () => Promise.reject(new TypeError('offline')),
  retries: 0,
})
const Colour = () => <b>{useFlag('colour', 'none')}</b>
const html = renderToString(
  <GuidonProvider client={flags}>
    <Colour />
  </GuidonProvider>,
)
console.log(html.replace(/<[^>]+>/g, ''))
flags.close()
