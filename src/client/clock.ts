import type { Clock } from '../core/ports.ts'

/**
 * Wall-clock time that never runs backwards in one session: it follows the monotonic clock, and the wall clock where that
 * is ahead (monotonic clocks may stand still while a device sleeps).
 */
export const steadyClock = (): Clock => {
  let offset = 0
  return () => {
    const elapsed = performance.now()
    offset = Math.max(offset, Date.now() - elapsed)
    return Math.floor(elapsed + offset)
  }
}
