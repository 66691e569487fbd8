import { readFileSync } from 'node:fs'
import { createEdge } from 'guidon/edge'
import { flagsKeyHandler } from 'guidon/server'

/** One service for two askers: the client in the page, at `/api/v1/`, and the cache, at `/flags-key`. */
export const flagService = () => {
  const document = JSON.parse(readFileSync(new URL('../environment.json', import.meta.url), 'utf8'))
  const edge = createEdge({ document })
  const key = flagsKeyHandler({ evaluate: edge.flagsOf, traits: ['plan'] })
  const hero = document.feature_states.find(({ feature }) => feature.name === 'home-hero-text')
  const texts = [hero.feature_state_value, 'Something else altogether.']

  return {
    environmentKey: document.api_key,
    handler: (request) =>
      new URL(request.url).pathname.startsWith('/api/') ? edge.handler(request) : key(request),
    /** As somebody does it in a dashboard. */
    changeHeadline() {
      texts.reverse()
      hero.feature_state_value = texts[0]
      edge.replace(document)
    },
  }
}
