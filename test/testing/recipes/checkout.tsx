import { useFlagEnabled, useGuidon, useGuidonStatus } from '../../../src/react.ts'

export const Checkout = () => {
  const flags = useGuidon()
  const { state } = useGuidonStatus()
  const isNew = useFlagEnabled('new-checkout')
  return (
    <form>
      {state === 'offline' && <p role="status">You are offline.</p>}
      <button type="button" onClick={() => flags.setTraits({ plan: 'pro' })}>
        {isNew ? 'Pay with one click' : 'Fill in nine fields'}
      </button>
    </form>
  )
}
