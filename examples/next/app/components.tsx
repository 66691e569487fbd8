'use client'

import { useFlag, useFlagEnabled, useGuidon } from 'guidon/react'
import { useRouter } from 'next/navigation'

export const Discount = () => <p id="discount">{`${useFlag('discount', 0)} % off`}</p>

export const Delivery = () => (
  <p className="delivery">{useFlagEnabled('express') ? 'It arrives tomorrow.' : 'It arrives on Friday.'}</p>
)

export const Switch = () => {
  const client = useGuidon()
  const router = useRouter()
  const press = async () => {
    await fetch('/switch', { method: 'POST' })
    client.refresh() // for client components, …
    router.refresh() // … and for those that the server renders
  }
  return (
    <button type="button" onClick={press}>
      Switch express delivery on the service, for everybody
    </button>
  )
}
