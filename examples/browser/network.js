// The page's network: the `fetch` that the client is given. It counts, it can be cut, and it can be slow.

const SLOW_MS = 3_000

/**
 * @param {{ cut: boolean, slow: boolean }} switches
 * @param {(request: { method: string, path: string, outcome: string, ms: number }) => void} onEnd
 */
export const createNetwork = (switches, onEnd) => {
  const network = {
    ...switches,
    /** How many requests the client has made, answered or not. */
    count: 0,
    async fetch(url, init) {
      network.count++
      const { pathname, search } = new URL(url)
      const start = performance.now()
      const end = (outcome) =>
        onEnd({
          method: init.method ?? 'GET',
          path: pathname + search,
          outcome,
          ms: performance.now() - start,
        })
      try {
        if (network.slow) await sleep(SLOW_MS, init.signal)
        // What `fetch` says when there is no network. The request does not leave the page.
        if (network.cut) throw new TypeError('Failed to fetch')
        const response = await fetch(url, init)
        end(response.status)
        return response
      } catch (error) {
        end(init.signal.aborted ? 'given up' : 'no answer')
        throw error
      }
    },
  }
  return network
}

const sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
