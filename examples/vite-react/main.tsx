import { GuidonProvider } from 'guidon/react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { flags } from './flags'

createRoot(document.getElementById('root') as HTMLElement).render(
  <GuidonProvider client={flags}>
    <App />
  </GuidonProvider>,
)
