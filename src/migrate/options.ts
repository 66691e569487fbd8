import type { Client, ClientOptions, Storage } from 'guidon'
import { requestsOf } from './requests.ts'
import type { Open, Session } from './session.ts'
import { inputsOf } from './user.ts'

/** A storage that is still on its way. */
const later = (coming: Promise<Storage>): Storage =>
  new Proxy({} as Storage, {
    get:
      (_, method: keyof Storage) =>
      async (...texts: [string, string]) =>
        (await coming)[method](...texts),
  })

/** What the official options, and who it is for, mean in ours. `memory` is where nothing is to be kept. */
export const optionsOf = (session: Session, memory: Storage): ClientOptions => {
  const { config, context, more } = session
  const { AsyncStorage, cacheFlags, defaultFlags, storage, use = [] } = config
  const { environment, identity } = context
  return {
    ...config,
    environmentKey: environment?.apiKey as string,
    identity: {
      ...(identity as { transient?: boolean }),
      id: identity?.identifier || undefined,
      traits: inputsOf(identity?.traits),
    },
    defaults: defaultFlags && { flags: defaultFlags },
    fetch: requestsOf(session as Open),
    storage:
      storage ??
      (cacheFlags ? AsyncStorage && later(more!.then((more) => more!.storage(AsyncStorage))) : memory),
    // The last: when an extension of the app throws, there is no client.
    use: [
      ...use,
      (inside) => {
        session.inside = inside
        session.client = inside.client as Client
      },
    ],
  }
}
