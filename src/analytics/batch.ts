import type { Inside } from '../client/client.ts'
import type { Stop } from '../core/ports.ts'

/** Only events are ever rejected, and they have a name. */
type Named = Record<number, { event: string }>

/**
 * Collects, keeps and posts: ten seconds after something came, or when the page goes away. What waits is in memory or on
 * the device, never in both, and what is being posted is in neither: so a page and its reload, or two tabs, do not both
 * send it.
 *
 * @param base the server, with its final slash
 * @param path where items are posted, and what they are called on the device
 * @param put gives what adds an item to those that wait
 * @param pack makes items the body of a request
 * @returns what takes an item, and says whether it did (with `keep` it is on the device at once); and what ends it all
 */
export const createBatch = <T>(
  { storage, report, consent, road, GuidonError }: Inside,
  base: string,
  path: string,
  put: (waiting: T[]) => (item: T) => unknown,
  pack: (items: T[]) => unknown,
): [add: (item: T, keep?: boolean) => boolean, end: Stop] => {
  const waiting: T[] = []
  /** Set whenever something may wait, here or on the device. */
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The last request failed. The next one waits longer, and none is risked with a page that goes away. */
  let failing = false
  /** A device that answers later has one reader and writer at a time. */
  let turns = Promise.resolve()
  const closing = new AbortController()
  const { signal } = closing
  const send = road(base)
  const add = put(waiting)

  /** Takes what is on the device, may post, and leaves there what is left (or here, when it cannot be kept). */
  const turn = (posting?: boolean) => {
    turns = turns.then(async () => {
      let text = storage.get(path)
      // A device that answers at once is read and written in one go: no other client comes in between.
      if (text instanceof Promise) text = await text
      try {
        ;[...JSON.parse(text as string), ...waiting.splice(0)].forEach(add)
      } catch {
        // Nothing there, or nothing of ours.
      }
      // Withdrawn: what was collected before goes too.
      if (!consent().analytics) waiting.splice(0)
      if (posting && waiting[0]) post()
      const rest = waiting.splice(0).slice(-1_000)
      if (rest[0]) {
        arm()
        if (await storage.set(path, JSON.stringify(rest))) return
      }
      // Not what could not be read.
      if (text) storage.delete(path)
      rest.forEach(add)
    })
  }

  const post = () => {
    const sent: T[] = []
    while (waiting[0] && JSON.stringify(sent).length < 10_000) sent.push(waiting.shift() as T)
    const body = JSON.stringify(pack(sent))
    send({ path, body }, new AbortController()).then(
      (answer) => {
        failing = false
        try {
          for (const { index, error } of JSON.parse(answer).rejected) {
            report(new GuidonError('http', `${(sent as Named)[index]?.event}: ${error}`))
          }
        } catch {
          // It says nothing of events.
        }
      },
      (error) => {
        // One that goes on is told once.
        if (!failing && !signal.aborted) report(error)
        failing = true
        // What was refused would be refused again.
        if (!/^4(?!08|29)/.test(`${error.status}`)) {
          sent.forEach(add)
          turn()
        }
      },
    )
  }

  const arm = () => {
    if (!signal.aborted)
      timer ??= setTimeout(
        () => {
          timer = undefined
          turn(true)
        },
        failing ? 60_000 : 10_000,
      )
  }

  // The page goes away, or comes back.
  for (const type of ['visibilitychange', 'pagehide'])
    globalThis.addEventListener?.(type, () => turn(!failing && navigator.onLine), { capture: true, signal })

  // What an earlier session may have left.
  arm()

  return [
    (item, keep) => {
      if (signal.aborted) return false
      if (!consent().analytics) {
        if (timer) turn()
        return false
      }
      // A microtask later, with all that comes until then.
      if (keep && !waiting[0]) turn()
      arm()
      add(item)
      return true
    },
    () => {
      closing.abort()
      clearTimeout(timer)
      turn()
    },
  ]
}
