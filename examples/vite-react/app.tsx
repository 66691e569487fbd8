import { useFlag, useFlagDetails, useGuidonStatus } from 'guidon/react'

export const App = () => (
  <main style={{ fontSize: useFlag('font-size', 16) }}>
    <h1>{useFlag('home-hero-text', 'Welcome')}</h1>
    <p>
      This line came from: <b id="source">{useFlagDetails('home-hero-text')?.source}</b>
    </p>
    <p>
      The client is: <b id="status">{useGuidonStatus().state}</b>
    </p>
  </main>
)
