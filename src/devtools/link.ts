import type { FlagTable } from '../model/flag.ts'
import { fromList, parsed, toList } from './kept.ts'

/** `?guidon` asks for the inspector, and `?guidon=…` brings overrides along. */
const NAME = 'guidon'
/** Longer addresses do not get through everywhere, and no tester writes them. */
const LONGEST = 8_000

export interface Address {
  /** It asks for the inspector. */
  readonly asks: boolean
  /** The overrides it carries. */
  readonly flags: FlagTable
}

export const readAddress = (href: string): Address => {
  const said = new URL(href).searchParams.get(NAME)
  const list = said && said.length <= LONGEST ? parsed(said) : undefined
  return { asks: said !== null, flags: fromList(list) }
}

/** An address with these overrides. `undefined`: with them it would be too long. */
export const writeAddress = (href: string, flags: FlagTable): string | undefined => {
  const text = flags.size ? JSON.stringify(toList(flags)) : ''
  if (text.length > LONGEST) return
  const url = new URL(href)
  url.searchParams.set(NAME, text)
  return url.href
}
