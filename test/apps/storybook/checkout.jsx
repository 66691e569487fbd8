import { useFlag, useFlagEnabled } from 'guidon/react'

export const Checkout = () => (
  <button type="button" style={{ color: useFlag('colour', 'none') }}>
    {useFlagEnabled('new-checkout') ? 'Pay with one click' : 'Fill in nine fields'}
  </button>
)
