/**
 * A small seeded source of randomness (mulberry32). The seed is the same in every run, so that a test passes today
 * because of the code and not of the dice; `GUIDON_SEED=7 npx vitest run test/edge` throws other dice.
 */
export function random(seed = Number(process.env.GUIDON_SEED ?? 20_261_121)) {
  let state = seed | 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number from 0 up to and including `max`. */
  const integer = (max: number): number => Math.floor(fraction() * (max + 1))
  const pick = <T>(choices: readonly T[]): T => choices[integer(choices.length - 1)] as T
  const chance = (probability: number): boolean => fraction() < probability
  return { seed, fraction, integer, pick, chance }
}

export type Random = ReturnType<typeof random>
