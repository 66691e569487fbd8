import type { Row } from 'guidon'
import { flagsOf } from './flags.ts'
import type { Open, Session } from './session.ts'
import type { IState } from './types.ts'
import { contextOf, idOf } from './user.ts'

/** What there is, for a page that a server renders. */
export const stateOf = (session: Session): IState => {
  const { client, inside } = session
  return {
    ...(client && {
      api: inside!.api,
      flags: flagsOf(session as Open),
      ts: inside!.latest().at,
      identity: client.identity,
    }),
    evaluationContext: contextOf(session, true),
  } as IState
}

/** Shows flags that came otherwise than by a request, when they are of this user. */
export const take = (
  { client, inside }: Open,
  state: IState,
  source: 'network' | 'storage',
  at: number,
): void => {
  const { identity } = client
  const flags = Object.entries(state.flags ?? {})
  // It comes from outside: when one is no flag, none is taken.
  if (flags[0] && flags.every(([, flag]) => typeof flag?.enabled === 'boolean') && idOf(state) === identity)
    inside.take({
      identity,
      source,
      at,
      flags: new Map(
        flags.map(([name, { enabled, value = null, variant, reason }]) => [
          name,
          [enabled, value, variant, reason] as unknown as Row,
        ]),
      ),
    })
}

/** Shows what came with the page. Its traits are shown and not written. */
export const show = (session: Open, state: IState): void => {
  const { inside } = session
  take(session, state, 'network', inside.clock())
  session.page = inside.latest()
  session.known = { id: idOf(state), traits: { ...state.evaluationContext?.identity?.traits } as never }
}
