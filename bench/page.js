// What runs in a page, right behind the contestant and in one script with it, as an app's own first lines do.

/**
 * Starts the contestant and tells how long it took, in milliseconds, until the right value could be read: when `start()`
 * returned, or when the client said that there is something to read.
 */
export const begin = (contestant) => {
  const { probe, began, ...given } = globalThis.given
  let client
  let over = false
  const told = () => {
    if (over || !client || contestant.value(client, probe.name, '') !== probe.value) return
    const ms = performance.now() - begun
    over = true
    Object.assign(globalThis, { contestant, client })
    began(ms)
  }
  const begun = performance.now()
  client = contestant.start({ ...given, told })
  told()
}
