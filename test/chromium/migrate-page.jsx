// A page as it is written for the official package, and for no other.
import flagsmith, { FlagSource } from '@flagsmith/flagsmith'
import { FlagsmithProvider, useFlags, useFlagsmith, useFlagsmithLoading } from '@flagsmith/flagsmith/react'
import { createRoot } from 'react-dom/client'

const facts = window.facts
window.told = []

const Shop = () => {
  const { colour, size, plan } = useFlags(['colour', 'size'], ['plan'])
  const loading = useFlagsmithLoading()
  const instance = useFlagsmith()
  return (
    <main>
      <h1>{loading.isLoading ? 'Loading' : `${colour.value} ${colour.enabled} ${size.value} ${plan}`}</h1>
      <button type="button" id="bob" onClick={() => instance.identify(facts.bob)}>
        Bob
      </button>
      <button type="button" id="out" onClick={() => instance.logout()}>
        Log out
      </button>
      <button type="button" id="plan" onClick={() => instance.setTrait('plan', 'pro')}>
        Buy
      </button>
    </main>
  )
}

const options = {
  environmentID: facts.key,
  api: facts.api,
  identity: facts.ada,
  cacheFlags: true,
  enableAnalytics: true,
  realtime: true,
  eventSourceUrl: facts.streams,
  onChange(before, { isFromServer, flagsChanged }, { source, isLoading }) {
    window.told.push({
      before: before && Object.keys(before).sort(),
      isFromServer,
      flagsChanged,
      isCached: source === FlagSource.CACHE,
      isLoading,
      has: flagsmith.hasFeature('colour', { skipAnalytics: true }),
      value: flagsmith.getValue('Colour', { skipAnalytics: true }),
    })
  },
}

createRoot(document.querySelector('#root')).render(
  <FlagsmithProvider flagsmith={flagsmith} options={options}>
    <Shop />
  </FlagsmithProvider>,
)
window.app = flagsmith
