/** What the text of an option says, for commander. */
import { InvalidArgumentError } from 'commander'

export function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}

export function secondsOf(text: string): number {
  const seconds = Number(text)
  // Timers take no more than some weeks, and then none at all.
  if (!(seconds > 0 && seconds <= 86_400))
    throw new InvalidArgumentError('It must be a number of seconds, up to 86400.')
  return seconds
}

export type Range = readonly [from: number, to: number]

/** `300` or `100-800`. */
export function rangeOf(text: string): Range {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  const range: Range = [Number(from), Number(to)]
  if (!(range[0] <= range[1] && range[1] <= 600_000))
    throw new InvalidArgumentError('It must be milliseconds up to 600000, such as 300 or 100-800.')
  return range
}

/** `0.1` or `10%`. */
export function rateOf(text: string): number {
  const [, number, percent] = /^(\d*\.?\d+)(%?)$/.exec(text) ?? []
  const rate = Number(number) / (percent ? 100 : 1)
  if (!(rate <= 1)) throw new InvalidArgumentError('It must be from 0 to 1, or from 0% to 100%.')
  return rate
}

export function seedOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** For an option that may be given several times. */
export const collect = (text: string, others: readonly string[] = []): string[] => [...others, text]
