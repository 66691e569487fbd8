import type { GuidonError } from 'guidon'
import { flagsOf, isTooOld } from './flags.ts'
import type { Open, Session } from './session.ts'
import type { FlagSource, IFlags, IFlagsmith, LoadingState } from './types.ts'
import { plainTraits } from './user.ts'

/** No failure: another call came in between, and brings what this one would have brought. Or nobody was to be asked. */
export const isNone = (error: unknown): boolean =>
  /superseded|closed/.test((error as GuidonError | undefined)?.code as string)

/** How it stands: the same object as long as it says the same. */
export const loadingOf = (session: Session): LoadingState => {
  const { client, config, inside, isHeld, isKept } = session
  const { state, error } = client?.status ?? { state: 'starting' }
  const from = inside?.latest().source
  const source =
    from === 'network' && !isKept
      ? 'SERVER'
      : from === 'network' || (from === 'storage' && !isTooOld(session as Open))
        ? 'CACHE'
        : client && Object.keys(flagsOf(session as Open))[0]
          ? 'DEFAULT_FLAGS'
          : 'NONE'
  const isFetching = !(isHeld && config.preventFetch) && state.endsWith('ing')
  const loading = {
    error: (!isNone(error) && error) || null,
    isFetching,
    isLoading: isFetching && source === 'NONE',
    source: source as FlagSource,
  }
  if (`${Object.values(loading)}` !== `${Object.values(session.loading ?? {})}`) session.loading = loading
  return session.loading!
}

/** The names that differ between two records, or `null`. */
const changes = (before: object, after: object): string[] | null => {
  const said = (record: object, name: string) => JSON.stringify((record as IFlags)[name])
  const names = Object.keys({ ...after, ...before }).filter(
    (name) => said(before, name) !== said(after, name),
  )
  return names[0] ? names : null
}

/** Something happened: tells the app of what came, and of all that looks different. */
export const tell = (session: Open, flagsmith: IFlagsmith): void => {
  const { config, inside, told } = session
  const of = inside.latest()
  const loading = loadingOf(session)
  const isFromServer = loading.source === ('SERVER' as FlagSource) && of !== session.page
  const isArrival = isFromServer || (of.source === 'storage' && !isTooOld(session))
  const now = { of, loading, flags: flagsOf(session), traits: plainTraits(session) }
  const flagsChanged = changes(told.flags, now.flags)
  if (isArrival) session.arrive?.()
  if (told.loading !== loading) {
    told.loading = loading
    flagsmith._triggerLoadingState?.()
    config._triggerLoadingState?.()
  }
  if (told.of === of || !(isArrival || flagsChanged)) return
  session.told = now
  try {
    config.onChange?.(
      isFromServer ? (told.flags as IFlags) : null,
      { isFromServer, flagsChanged, traitsChanged: changes(told.traits, now.traits) },
      loading,
    )
  } finally {
    flagsmith._trigger?.()
    config._trigger?.()
  }
}
