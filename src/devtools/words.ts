import type { FlagValue } from '../model/flag.ts'
import { parsed } from './kept.ts'

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`

/** `0.4 s`, `12 s`, `5 min`, `3 h`, `2 d`. */
export const age = (ms: number): string => {
  if (!Number.isFinite(ms)) return 'unknown'
  const steps: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ]
  const [unit, name] = steps.find(([unit]) => ms >= unit) ?? [1, 'ms']
  return `${Math.floor(ms / unit)}\u00a0${name}`
}

/** `12 ms`, `3.2 s`. */
export const duration = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1_000).toFixed(1)}\u00a0s`

export const bytes = (count: number): string =>
  count < 1_000 ? `${count}\u00a0B` : `${(count / 1_000).toFixed(1)}\u00a0kB`

/** The time of day, to the millisecond. */
export const clockTime = (at: number): string => {
  const date = new Date(at)
  return `${date.toTimeString().slice(0, 8)}.${`${date.getMilliseconds()}`.padStart(3, '0')}`
}

/** A value as text, for what is not to be edited. */
export const shown = (value: FlagValue | undefined): string =>
  value === null ? 'no value' : value === '' ? 'empty text' : String(value)

export const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

/** An error without the name of its library. */
export const plain = ({ message }: { message: string }): string => message.replace(/^\[guidon\] /, '')

/** The object or list in a text. Servers send JSON as text. */
export const jsonIn = (value: unknown): object | undefined => {
  const isOne = typeof value === 'string' && /^\s*[[{]/.test(value)
  return isOne ? (parsed(value) as object | undefined) : undefined
}
