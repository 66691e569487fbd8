/**
 * The body of `POST identities/`, checked as the API checks it and refused in its words. Where the API breaks with an
 * HTML page of status 500 (an identifier or an integer that is too long, NUL in a text) this refuses in the same
 * manner. An object as a trait's value is refused too: the API stores Python's notation of it, which nobody meant.
 */
import type { TraitValue } from '../model/trait.ts'

export interface IdentityRequest {
  /** Undefined in a request that names nobody. */
  readonly identifier: string | undefined
  readonly transient: boolean
  readonly traits: readonly SentTrait[]
}

export interface SentTrait {
  readonly key: string
  /** Null removes the trait. */
  readonly value: TraitValue | null
  readonly transient: boolean
}

/** What is wrong with a request, in the shape in which the API answers it. */
export class Problem {
  readonly says: unknown
  constructor(says: unknown) {
    this.says = says
  }
}

/** Reads a parsed body; answers a `Problem` when it cannot be taken. */
export function identityRequest(body: unknown): IdentityRequest | Problem {
  return attempt(() => {
    const { identifier = null, transient = false, traits = [] } = fieldsOf(body)
    return collect({
      identifier: () => (identifier === null ? undefined : text(identifier, 2000) || undefined),
      transient: () => flag(transient),
      traits: () => traitList(traits, isYes(transient)),
    })
  })
}

/** The characters as Python counts them: an emoji is one, where JavaScript counts two. */
const isLonger = (value: string, most: number): boolean => value.length > most && [...value].length > most

function traitList(value: unknown, isIdentityTransient: boolean): SentTrait[] {
  if (value === null) throw new Problem(['This field may not be null.'])
  if (!Array.isArray(value)) {
    throw new Problem({ non_field_errors: [`Expected a list of items but got type "${pythonType(value)}".`] })
  }
  const traits = value.map((item: unknown) => attempt(() => trait(item, isIdentityTransient)))
  // One entry for each trait, empty for the good ones, so that the sender sees which it was.
  if (traits.some(isProblem)) throw new Problem(traits.map((item) => (isProblem(item) ? item.says : {})))
  return traits as SentTrait[]
}

function trait(item: unknown, isIdentityTransient: boolean): SentTrait {
  const { trait_key, trait_value, transient = false } = fieldsOf(item)
  const sent = collect({
    trait_key: () => traitKey(trait_key),
    trait_value: () => traitValue(trait_value, isIdentityTransient || isYes(transient)),
    transient: () => flag(transient),
  })
  return { key: sent.trait_key, value: sent.trait_value, transient: sent.transient }
}

function traitKey(value: unknown): string {
  if (value === undefined) throw new Problem(['This field is required.'])
  const key = text(value, 200)
  if (key === '') throw new Problem(['This field may not be blank.'])
  return key
}

function traitValue(value: unknown, isTransient: boolean): TraitValue | null {
  if (value === undefined) throw new Problem(['This field is required.'])
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Problem(['A valid number is required.'])
    // Only what is stored has to fit into a database's column.
    if (Number.isInteger(value) && value !== (value | 0) && !isTransient) {
      throw new Problem(['Ensure this value fits into 32 bits.'])
    }
    return value
  }
  if (typeof value !== 'string') throw new Problem(['Not a valid string, number or boolean.'])
  if (value.includes('\0')) throw new Problem(['Null characters are not allowed.'])
  if (isLonger(value, 2000)) throw new Problem(['Value string is too long. Must be less than 2000 character'])
  return value
}

function text(value: unknown, most: number): string {
  if (value === null) throw new Problem(['This field may not be null.'])
  if (typeof value !== 'string' && typeof value !== 'number') throw new Problem(['Not a valid string.'])
  const trimmed = String(value).trim()
  if (trimmed.includes('\0')) throw new Problem(['Null characters are not allowed.'])
  if (isLonger(trimmed, most)) throw new Problem([`Ensure this field has no more than ${most} characters.`])
  return trimmed
}

const yes = ['true', 't', 'yes', 'y', 'on', '1']
const no = ['false', 'f', 'no', 'n', 'off', '0']

const isYes = (value: unknown): boolean =>
  typeof value === 'boolean' ? value : yes.includes(String(value).toLowerCase())

function flag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) throw new Problem(['This field may not be null.'])
  if (!isYes(value) && !no.includes(String(value).toLowerCase()))
    throw new Problem(['Must be a valid boolean.'])
  return isYes(value)
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Problem({
    non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`],
  })
}

/** What the API, which is written in Python, calls this. */
function pythonType(value: unknown): string {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return { boolean: 'bool', string: 'str', object: 'dict' }[typeof value as 'boolean' | 'string' | 'object']
}

const isProblem = (value: unknown): value is Problem => value instanceof Problem

/** Inside this file a problem is thrown; here it becomes an answer again. */
function attempt<T>(check: () => T): T | Problem {
  try {
    return check()
  } catch (problem) {
    if (isProblem(problem)) return problem
    throw problem
  }
}

/** Makes every check before it complains, so that the sender hears of all problems at once. */
function collect<T>(checks: { readonly [Name in keyof T]: () => T[Name] }): T {
  const results: Partial<T> = {}
  let problems: Partial<Record<keyof T, unknown>> | undefined
  for (const name in checks) {
    const result = attempt(checks[name])
    if (isProblem(result)) problems = { ...problems, [name]: result.says }
    else results[name] = result
  }
  if (problems !== undefined) throw new Problem(problems)
  return results as T
}
