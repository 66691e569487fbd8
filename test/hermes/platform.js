// What React Native gives its apps, as far as guidon uses it, where there is only Hermes. Time stands still until `pass()`.

import { AbortController, AbortSignal } from 'abort-controller/dist/abort-controller' // the one of React Native

const origin = globalThis.launch.at
let now = origin
let nextId = 1
/** By id, what is to be done and when. */
const timers = new Map()

/** Hermes' own, which knows no waiting, but lets all promises go on first. */
const { setTimeout: soon } = globalThis
const promises = () => new Promise((resolve) => soon(resolve, 0))

/** Lets time pass, and what is on its way arrive. */
export const pass = async (ms) => {
  const end = now + ms
  for (;;) {
    for (let turn = 0; turn < 10; turn++) await promises()
    const [next] = [...timers].sort(([, a], [, b]) => a.at - b.at)
    if (!next || next[1].at > end) break
    timers.delete(next[0])
    now = Math.max(now, next[1].at)
    next[1].action()
  }
  now = end
}

/** The network: who answers, whether there is one, and what was asked. */
export const network = { isThere: true, answer: undefined, asked: [] }

const fetch = (url, { method = 'GET', headers = {}, body, credentials, signal }) =>
  new Promise((resolve, reject) => {
    const call = { method, url, headers, body: body ? JSON.parse(body) : undefined, credentials }
    network.asked.push(call)
    signal.addEventListener('abort', () => reject(new Error('Aborted')))
    setTimeout(() => {
      if (!network.isThere) return reject(new TypeError('Network request failed'))
      const { status, text } = network.answer(call)
      resolve({
        status,
        ok: status >= 200 && status < 300,
        headers: { get: () => null },
        text: () => Promise.resolve(text),
      })
    }, 50)
  })

Object.assign(globalThis, {
  setTimeout(action, ms = 0, ...given) {
    timers.set(nextId, { at: now + Math.max(ms, 1), action: () => action(...given) })
    return nextId++
  },
  clearTimeout: (id) => void timers.delete(id),
  performance: { now: () => now - origin },
  navigator: { product: 'ReactNative' },
  AbortController,
  AbortSignal,
  fetch,
})
Date.now = () => now
