import { environment } from '../../src/testing.ts'
import { served } from '../served.ts'
import { KEY } from '../world.ts'

/** The environment of a small shop: a few features, a segment for its best customers, one for France. */
const shopDocument = () =>
  environment({
    key: KEY,
    flags: { discount: 5, banner: 'Hello', 'new-checkout': false, margin: 'secret' },
    segments: [
      { name: 'pro', when: { plan: 'pro' }, flags: { discount: 20 } },
      { name: 'france', when: { country: 'FR' }, flags: { banner: 'Bonjour' } },
    ],
    serverOnly: ['margin'],
  })

/** That environment, served. */
export const openShop = (options = {}) => served(shopDocument(), { serverKeys: ['ser.shop'], ...options })
