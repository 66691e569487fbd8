import { Checkout } from './checkout.jsx'

export default { component: Checkout, parameters: { flags: { colour: 'red' } } }

export const Today = {}
export const Tomorrow = { parameters: { flags: { 'new-checkout': true } } }
