import { sameName } from './names.ts'
import type { Open } from './session.ts'
import type { IFlags, IFlagsmithExperiment, IFlagsmithValue } from './types.ts'

/** Flags in their shape, by the names they are compared by. */
export const flagsFrom = (
  flags: Readonly<
    Record<string, { enabled: boolean; value: IFlagsmithValue; variant?: unknown; reason?: unknown }>
  > = {},
  experiments?: ReadonlyMap<string, IFlagsmithExperiment>,
): IFlags =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { enabled, value, variant, reason }]) => {
      const key = sameName(name)
      const flag = { enabled, value, variant, reason, experiment: experiments?.get(key) }
      // As text, what is undefined is not there.
      return [key, JSON.parse(JSON.stringify(flag))]
    }),
  )

/** The flags of the device are older than the app wants them. */
export const isExpired = ({ config, inside }: Open): boolean => {
  const { source, at } = inside.latest()
  return source === 'storage' && inside.clock() - at > (config.cacheOptions?.ttl || 1 / 0)
}

/** They are not shown. */
export const isTooOld = (session: Open): boolean =>
  isExpired(session) && !session.config.cacheOptions?.loadStale

/** The flags that are shown. */
export const flagsOf = (session: Open): IFlags => {
  const { client, config, experiments, inside } = session
  if (session.flagsOf !== inside.latest()) {
    session.flagsOf = inside.latest()
    session.flags = flagsFrom(isTooOld(session) ? config.defaultFlags : client.all(), experiments)
  }
  return session.flags!
}
