import type { Extension } from '../client/client.ts'
import { stopAll } from '../core/ports.ts'
import { type AwakeOptions, createAwake } from './awake.ts'

/**
 * Runs extensions in one tab for all that would ask the server the same: same API, environment, identity and traits. Each
 * tab tells the others of what it is answered. The one that leads is awake; when it is hidden, closed or becomes another
 * user, the next that is awake takes over. Where there are no Web Locks (insecure pages, React Native) each works alone.
 *
 * @example
 * createClient({ environmentKey, use: [tabs([realtime(), polling({ intervalMs: 900_000 })])] })
 */
export const tabs =
  (extensions: readonly Extension[], sources?: AwakeOptions): Extension =>
  (inside) => {
    const { client, latest } = inside
    const start = () => stopAll(...extensions.map((extend) => extend(inside)))
    // Whoever has locks has channels.
    const locks = globalThis.navigator?.locks
    if (!locks) return start()

    const awake = createAwake(sources)
    const self = Math.random()
    /** Those who ask the same, as a name. */
    let group: string | undefined
    let channel: BroadcastChannel | undefined
    /** When the flags that the others of the group know were asked for. */
    let told = latest().at
    /** Ends this tab's lead, or its wait for it. */
    let turn: AbortController | undefined

    const leave = () => {
      turn?.abort()
      turn = undefined
    }
    const queue = (name: string) => {
      turn = new AbortController()
      const { signal } = turn
      const lead = () =>
        new Promise<void>((resolve) => {
          const stop = start()
          signal.addEventListener('abort', () => resolve(stop()))
        })
      // It rejects when this tab leaves while it waits.
      locks.request(name, { signal }, lead).catch(() => {})
    }

    const look = () => {
      const traits = Object.entries(client.traits()).sort()
      // Traits of nobody are told under a GUID that each tab makes for itself, so the answers differ.
      const who = client.identity ?? (traits[0] && self)
      const name = JSON.stringify(['guidon 1', inside.api, inside.environmentKey, who, traits])
      if (name !== group) {
        leave()
        channel?.close()
        group = name
        channel = new BroadcastChannel(name)
        channel.onmessage = ({ data }) => {
          told = data.at
          inside.take(data)
        }
      }
      if (!awake.current() || inside.isOffline) leave()
      else if (!turn) queue(name)

      // An answer, and while no request is out: else it may be one for other traits.
      const { at } = latest()
      if (at > told && /fresh|stale/.test(client.status.state)) {
        told = at
        channel!.postMessage(latest())
      }
    }
    look()
    return stopAll(client.on('settled', look), awake.subscribe(look), leave, () => channel!.close())
  }
