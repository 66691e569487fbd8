import { act, render, screen } from '@testing-library/react'
import { GuidonProvider } from 'guidon/react'
import { testClient } from 'guidon/testing'
import { Checkout } from './checkout.jsx'

test('is the new checkout as soon as somebody switches it on', async () => {
  const flags = testClient({ flags: { 'new-checkout': false } })
  render(
    <GuidonProvider client={flags}>
      <Checkout />
    </GuidonProvider>,
  )
  expect(screen.getByRole('button').textContent).toBe('Fill in nine fields')
  await act(() => flags.set('new-checkout', true))
  expect(screen.getByRole('button').textContent).toBe('Pay with one click')
})
