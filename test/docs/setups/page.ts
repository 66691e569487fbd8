// @vitest-environment happy-dom
/** A page, on a device that nobody has used before. */
import 'fake-indexeddb/auto'

document.body.innerHTML = '<div id="root"></div>'
globalThis.localStorage.clear()
// A page that is loaded again is gone, and with it what runs in it.
location.reload = () => {}

export * from './app.ts'
export const root = document.getElementById('root')!
