import { useFlag, useFlagEnabled, useGuidonStatus } from 'guidon/react'

export const App = () => (
  <main>
    <Headline />
    <Checkout />
    <Status />
    <button type="button" onClick={() => fetch('/switch', { method: 'POST' })}>
      Switch the checkout on the server, for everybody
    </button>
  </main>
)

const Headline = () => <h1>{useFlag('headline', 'Welcome')}</h1>

const Checkout = () => (
  <p id="checkout">{useFlagEnabled('new-checkout') ? 'Pay with one click.' : 'Fill in these nine fields.'}</p>
)

const Status = () => <p id="status">{useGuidonStatus().state}</p>
