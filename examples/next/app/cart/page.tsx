import { Delivery, Discount, Switch } from '../components'
import { Offer } from '../offer'

export default function Cart() {
  return (
    <main>
      <h1>Your cart</h1>
      <Offer />
      <Discount />
      <Delivery />
      <Switch />
    </main>
  )
}
