// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { GuidonProvider } from '../../../src/react.ts'
import { type TestClientOptions, testClient } from '../../../src/testing.ts'
import { Checkout } from './checkout.tsx'

afterEach(cleanup)

const open = (options: TestClientOptions) => {
  const flags = testClient(options)
  render(
    <GuidonProvider client={flags}>
      <Checkout />
    </GuidonProvider>,
  )
  return flags
}
const button = () => screen.getByRole('button')

it('is the new checkout as soon as somebody switches it on', async () => {
  const flags = open({ flags: { 'new-checkout': false } })
  expect(button().textContent).toBe('Fill in nine fields')
  await act(() => flags.set('new-checkout', true))
  expect(button().textContent).toBe('Pay with one click')
})

it('is the old checkout until the flags are there', async () => {
  const flags = open({ flags: { 'new-checkout': true }, start: 'starting' })
  expect(button().textContent).toBe('Fill in nine fields')
  await act(() => flags.release())
  expect(button().textContent).toBe('Pay with one click')
})

it('tells the server which plan was bought, offline as soon as it is online again', async () => {
  const flags = open({ identity: '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10' })
  flags.goOffline()
  fireEvent.click(button())
  await act(() => flags.settled())
  expect(screen.getByRole('status').textContent).toBe('You are offline.')

  flags.goOnline()
  await act(() => flags.refresh())
  expect(screen.queryByRole('status')).toBeNull()
  expect(flags.requests.at(-1)?.traits).toEqual({ plan: 'pro' })
})
