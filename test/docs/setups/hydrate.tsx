// @vitest-environment happy-dom
/** A page that a server has rendered, with its flags in it. */
import { createClient, snapshotScript } from 'guidon'
import { GuidonProvider } from 'guidon/react'
import { renderToString } from 'react-dom/server'
import { environmentKey, guid } from './page.ts'
import { App } from './react.tsx'

export * from './react.tsx'

const client = createClient({ environmentKey, identity: guid })
await client.ready({ from: 'network' })
document.body.innerHTML = `<div id="root">${renderToString(
  <GuidonProvider client={client}>
    <App />
  </GuidonProvider>,
)}</div>${snapshotScript(client.snapshot())}`
client.close()
