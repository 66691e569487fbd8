import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk'
import { createClient, newGuid, transient } from 'guidon'
import { realtime } from 'guidon/live'
import { guidonProvider } from 'guidon/openfeature'

// The client is the app's, and so is what extends it. The rest of this page knows OpenFeature alone.
const flags = createClient({
  environmentKey: 'example-key',
  api: `${location.origin}/api/v1/`,
  use: [realtime()],
})

/** Who is here: somebody while this tab is logged in. Which country they are in is for nobody to keep. */
const context = () => {
  const guid = sessionStorage.getItem('user')
  return guid ? { targetingKey: guid, plan: 'pro', country: transient('FR') } : {}
}

OpenFeature.setProvider(guidonProvider(flags), context())
const app = OpenFeature.getClient()

const show = (id, text) => {
  document.getElementById(id).textContent = text
}
const render = () => {
  const headline = app.getStringDetails('headline', 'Welcome')
  show('headline', headline.value)
  show('reason', headline.reason)
  show(
    'checkout',
    app.getBooleanValue('new-checkout', false) ? 'Pay with one click.' : 'Fill in these nine fields.',
  )
  show('discount', `${app.getNumberValue('discount', 0)} % off`)
  show('status', app.providerStatus)
  show('session', sessionStorage.getItem('user') ? 'Log out' : 'Log in')
}

for (const event of Object.values(ProviderEvents))
  app.addHandler(event, (details) => {
    const line = document.createElement('li')
    line.textContent = [event.replace('PROVIDER_', ''), ...(details?.flagsChanged ?? [])].join(' ')
    document.getElementById('events').append(line)
    render()
  })
render()

document.getElementById('session').addEventListener('click', () => {
  if (sessionStorage.getItem('user')) sessionStorage.removeItem('user')
  else sessionStorage.setItem('user', newGuid())
  OpenFeature.setContext(context())
})
document.getElementById('switch').addEventListener('click', () => fetch('/switch', { method: 'POST' }))
