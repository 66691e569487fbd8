import { createClient, readSnapshot } from 'guidon'
import { realtime } from 'guidon/live'
import { GuidonProvider } from 'guidon/react'
import { hydrateRoot } from 'react-dom/client'
import { App } from './app.jsx'

// The flags that the server rendered with: they are fresh, so none are asked for.
const snapshot = readSnapshot()

const client = createClient({
  environmentKey: snapshot.environment,
  api: `${location.origin}/api/v1/`,
  identity: snapshot.identity,
  snapshot,
  use: [realtime()],
})

hydrateRoot(
  document.getElementById('root'),
  <GuidonProvider client={client} snapshot={snapshot}>
    <App />
  </GuidonProvider>,
)
