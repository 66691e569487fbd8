// The flags that all contestants get: believable ones, the same at every run.

/** Whose flags they are. */
export const IDENTITY = '8f14e45f-ceea-467f-a8d1-3b0c9d1a7e52'
export const ENVIRONMENT_KEY = 'bench-client-side-key'

const AREAS = ['checkout', 'search', 'profile', 'billing', 'inbox', 'editor', 'reports', 'onboarding']
const THINGS = ['banner', 'layout', 'limit', 'button', 'ranking', 'preview', 'shortcut', 'export']
const WORDS = 'the quick brown fox jumps over a lazy dog while five boxing wizards watch from afar'.split(' ')

/** Pseudo-random and repeatable: mulberry32. */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const text = (random, length) => {
  let words = ''
  while (words.length < length) words += `${WORDS[Math.floor(random() * WORDS.length)]} `
  return words.slice(0, length).trim()
}

/**
 * Values as servers send them: six of ten flags are plain switches (value `null`), the others have numbers, short texts,
 * some of 200 characters, and some JSON (as text, which is how it is sent).
 */
const makeValue = (random, index) => {
  const kind = index % 20
  if (kind < 12) return null
  if (kind < 15) return Math.floor(random() * 5000)
  if (kind < 18) return text(random, 4 + random() * 16)
  if (kind < 19) return text(random, 200)
  return JSON.stringify({
    title: text(random, 24),
    max: Math.floor(random() * 100),
    tags: ['a', 'b'],
    on: true,
  })
}

/** `count` flags: `{ id, name, enabled, value }`. Names are kebab-case and about 20 characters long. */
export const makeFlags = (count) => {
  const random = generator(count)
  const pick = (list) => list[Math.floor(random() * list.length)]
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `${pick(AREAS)}-${pick(THINGS)}-${(index + 1000).toString(36)}`,
    enabled: random() < 0.7,
    value: makeValue(random, index),
  }))
}

/** The flag by which the bench sees that the right flags are there: the last one that is a text, made unmistakable. */
export const withProbe = (flags) => {
  const index = flags.length - 3
  const probe = { ...flags[index], enabled: true, value: 'this is the right value' }
  return {
    flags: flags.with ? flags.with(index, probe) : flags.map((f, i) => (i === index ? probe : f)),
    probe,
  }
}

/** The same flags with one of them switched: the change that a refresh brings. */
export const withOneChange = (flags) => {
  const index = Math.floor(flags.length / 2)
  return flags.map((flag, i) => (i === index ? { ...flag, enabled: !flag.enabled } : flag))
}
