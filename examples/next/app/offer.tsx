import { flags } from '../flags'

/** Rendered on the server alone. It asks for the visitor's client by itself, and gets the one that the layout has. */
export const Offer = async () => {
  const client = await flags()
  const arrival = client.isEnabled('express') ? 'tomorrow' : 'on Friday'
  return <p id="offer">{`Today for you: ${client.value('discount', 0)} % off, delivered ${arrival}.`}</p>
}
