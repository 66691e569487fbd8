import { setTimeout } from 'node:timers/promises'
import { Suspense } from 'react'
import { flags } from '../flags'
import { Delivery, Discount, Switch } from './components'
import { Offer } from './offer'

export default async function Shop() {
  const client = await flags()
  return (
    <main>
      <h1>{client.value('headline', 'Welcome')}</h1>
      <Offer />
      <Discount />
      <Delivery />
      <Switch />
      <Suspense fallback={<p>We are looking into the warehouse …</p>}>
        <Stock />
      </Suspense>
    </main>
  )
}

/** Something slow. The page does not wait for it, and it reads the page's flags when it comes. */
const Stock = async () => {
  await setTimeout(1_000)
  return (
    <section>
      <p>Three are left.</p>
      <Delivery />
    </section>
  )
}
