import type { ClientOptions } from 'guidon'
import type { More } from 'guidon/migrate/more'
import { isExpired } from './flags.ts'
import type { Open } from './session.ts'
import type { IFlagsmithResponse } from './types.ts'

/** Remembers what an answer says of a user and our client has no use for. */
const learn = (
  session: Open,
  more: More | undefined,
  url: string,
  asked: string | undefined,
  text: string,
) => {
  const { client } = session
  try {
    const body = JSON.parse(text)
    const id = asked
      ? JSON.parse(asked).identifier
      : decodeURIComponent(url.split('identifier=')[1] ?? '') || undefined
    const { flags = body, traits = [] }: IFlagsmithResponse = body
    // It may be for somebody who was here before, or, out of a careless cache, about somebody else.
    if (id === client.identity && (body.identifier ?? id) === id) {
      session.known = {
        id,
        traits: Object.fromEntries(
          traits.map(({ trait_key, trait_value }) => [trait_key.replace(/ /g, '_'), trait_value]),
        ),
      }
      session.experiments = more?.experimentsIn(flags)
    }
    session.isKept = false
  } catch {
    // No answer. The client finds that, too.
  }
}

/** The client's `fetch`: with the app's headers, and an eye on what only the official interface tells. */
export const requestsOf = (session: Open) =>
  (async (url: string, init: { body?: string; headers?: object }) => {
    const more = await session.more
    const { config, inside } = session
    // `flags/` or `identities/…`
    const isFlags = /^[fi]/.test(url.replace(inside.api, ''))
    if (isFlags && session.isHeld) {
      const kept =
        config.preventFetch || (await more?.kept(inside, init.body, session.loaded, () => isExpired(session)))
      // The app may have asked meanwhile.
      const { isHeld } = session
      session.isHeld = false
      if (isHeld && kept) {
        if (kept === true) throw new inside.GuidonError('closed', 'preventFetch')
        session.isKept = true
        return new Response(kept)
      }
    }
    const answer: Response = await (config.fetch ?? fetch)(url, {
      ...init,
      headers: { ...init.headers, ...more?.headersOf(config), ...config.headers },
    })
    if (isFlags) {
      const text = await answer.text()
      learn(session, more, url, init.body, text)
      answer.text = async () => text
    }
    return answer
  }) as ClientOptions['fetch']
