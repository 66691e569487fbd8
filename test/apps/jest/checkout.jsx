import { useFlagEnabled } from 'guidon/react'

export const Checkout = () => (
  <button type="button">
    {useFlagEnabled('new-checkout') ? 'Pay with one click' : 'Fill in nine fields'}
  </button>
)
