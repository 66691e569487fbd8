// The scenarios that OpenFeature's specification has for evaluation, over the real SDK and against our own server. Their
// text is the specification's: it is not in this repository, and no npm package was found that brings it. With a checkout of
// github.com/open-feature/spec:
//
//     GUIDON_OPENFEATURE_SPEC=../spec npx vitest run --project node test/openfeature/specification.test.ts
//
// What the Flagsmith API cannot give is left out after all else in its scenario has been looked at, and said at the end.

import { existsSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator, type Pickle, type PickleStep } from '@cucumber/messages'
import { type EvaluationContext, type EvaluationDetails, type Hook, OpenFeature } from '@openfeature/web-sdk'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../src/index.ts'
import { guidonProvider } from '../../src/openfeature.ts'
import { environment } from '../../src/testing.ts'
import { served } from '../served.ts'
import { KEY, useWorld } from '../world.ts'
import { useOpenFeature } from './garden.ts'

const root = process.env.GUIDON_OPENFEATURE_SPEC
const files = ['evaluation.feature', 'evaluation_v2.feature']

/** The flags that the scenarios name, as Flagsmith keeps them: fractions and objects are text. */
const flags = () => {
  const zeros = { boolean: false, string: '', integer: 0, float: '0.0', object: '{}' }
  return environment({
    key: KEY,
    flags: {
      'context-aware': 'EXTERNAL',
      'boolean-flag': { value: true },
      'string-flag': 'hi',
      'integer-flag': 10,
      'float-flag': '0.5',
      'object-flag': '{"showImages":true,"title":"Check out these pics!","imagesPerPage":100}',
      'wrong-flag': 'uno',
      'metadata-flag': { value: true },
      'boolean-disabled-flag': { enabled: false, value: true },
      'string-disabled-flag': { enabled: false, value: 'hi' },
      ...Object.fromEntries(
        Object.entries(zeros).flatMap(([type, value]) => [
          [`${type}-zero-flag`, { value }],
          [`${type}-targeted-zero-flag`, { value }],
        ]),
      ),
    },
    segments: [{ when: { customer: false }, flags: { 'context-aware': 'INTERNAL' } }],
  })
}

/** What a scenario has set up and found out so far. */
interface Scene {
  /** Another provider than the one before. */
  provide(state: string): Promise<unknown>
  /** What cannot be true here, and why. */
  leaveOut(why: string): void
  kind: string
  key: string
  fallback: unknown
  context: EvaluationContext
  hooks: Hook[]
  ran: string[]
  details: EvaluationDetails<never>
}

const WHY = {
  variant: 'Flagsmith names variants of multivariate features only, and for an identity only',
  reason: 'Flagsmith does not tell whether a segment decided, and of nobody in particular we say STATIC',
  cached: 'CACHED says that a flag is from the device, not that it was read before',
  fatal: 'no state of the client is beyond remedy, so the provider is never FATAL',
  metadata: 'Flagsmith has no metadata of a flag for clients',
  message: 'the words of an error are ours',
  parse: 'objects are kept as text, so a text that is none is a PARSE_ERROR',
  frozen: 'the details are made by the SDK, which does not freeze them',
  async: 'the web SDK evaluates synchronously',
}

/** A text of the scenarios as a value of its type. */
const asValue = (kind: string, text: string): unknown => {
  const plain = text.replaceAll('\\"', '"')
  return /object/i.test(kind) ? JSON.parse(plain) : /string/i.test(kind) ? plain : JSON.parse(plain)
}

const evaluate = async (scene: Scene, ask: Partial<Scene> = {}) => {
  Object.assign(scene, ask)
  const { kind, key, fallback, context, hooks } = scene
  if (Object.keys(context).length) await OpenFeature.setContext(context)
  const app = OpenFeature.getClient()
  const resolve = /boolean/i.test(kind)
    ? app.getBooleanDetails
    : /string/i.test(kind)
      ? app.getStringDetails
      : /object/i.test(kind)
        ? app.getObjectDetails
        : app.getNumberDetails
  scene.details = resolve.call(app, key, fallback as never, { hooks }) as never
}

const hasReason = (scene: Scene, reason: string) => {
  if (reason === 'CACHED') scene.leaveOut(WHY.cached)
  else if (scene.details.reason !== reason && /^(?:DEFAULT|TARGETING_MATCH)$/.test(reason)) {
    expect(scene.details.reason).toBe('STATIC')
    scene.leaveOut(WHY.reason)
  } else expect(scene.details.reason).toBe(reason)
}

const hasVariant = (scene: Scene) => {
  expect(scene.details).not.toHaveProperty('variant')
  scene.leaveOut(WHY.variant)
}

/** `"a", "b" and 3` as a list. */
const listed = (text: string) =>
  [...text.matchAll(/"([^"]*)"|([\d.]+)/g)].map(([, word, number]) => word ?? number)

const hasFields = (scene: Scene, keys: string, values: string) => {
  const value = scene.details.value as Record<string, unknown>
  expect(listed(keys).map((key) => `${value[key as string]}`)).toEqual(listed(values))
}

type Step = (scene: Scene, ...words: (string | undefined)[]) => unknown

const STEPS: readonly (readonly [RegExp, Step])[] = [
  [/^an? (stable|not ready|stale|error|fatal) provider$/, (scene, state) => scene.provide(state as string)],

  // The first edition: a sentence asks and says what for.
  [
    /^an? (?:non-existent )?(?:(\w+) )?flag with key "(.+?)" is evaluated (?:as an (\w+), )?with (?:details and )?(?:an? )?(?:default value "?(.*?)"?|null default value)$/,
    (scene, kind = 'string', key = '', as = kind, text) =>
      evaluate(scene, { kind: as, key, fallback: text === undefined ? null : asValue(as, text) }),
  ],
  [
    /^context contains keys (.+) with values (.+)$/,
    (scene, keys, values) => {
      const all = listed(values as string)
      scene.context = Object.fromEntries(
        listed(keys as string).map((key, i) => [
          key,
          /^(?:\d+|true|false)$/.test(`${all[i]}`) ? JSON.parse(`${all[i]}`) : all[i],
        ]),
      )
    },
  ],
  [
    /^the resolved (\w+) (?:details )?(?:value|response) should be "?(.*?)"?(?:, the variant should be ".*", and the reason should be "(.*)")?$/,
    (scene, kind, text, reason) => {
      const fields = /^contain fields (.+), with values (.+), respectively$/.exec(text as string)
      if (fields) return hasFields(scene, fields[1] as string, fields[2] as string)
      // The second edition says no type here: it is that of the flag.
      expect(scene.details.value).toEqual(
        asValue(kind === 'details' ? scene.kind : (kind as string), text as string),
      )
      if (!reason) return
      hasReason(scene, reason)
      hasVariant(scene)
    },
  ],
  [
    /^the resolved flag value is "(.*)" when the context is empty$/,
    async (scene, text) => {
      await OpenFeature.clearContext()
      await evaluate(scene, { context: {} })
      expect(scene.details.value).toBe(text)
    },
  ],
  [
    /^the default \w+ value should be returned$/,
    ({ details, fallback }) => expect(details.value).toBe(fallback),
  ],
  [
    /^the reason should indicate an error and the error code should indicate .* with "(.*)"$/,
    ({ details }, errorCode) => expect(details).toMatchObject({ reason: 'ERROR', errorCode }),
  ],

  // The second edition: a flag, a context, and what came of it.
  [
    /^an? (\w+)-flag with key "(.*)" and a default value "(.*)"$/,
    (scene, kind, key, text) =>
      void Object.assign(scene, { kind, key, fallback: asValue(kind as string, text as string) }),
  ],
  [
    /^a context containing a key "(.*)", with type "(.*)" and with value "(.*)"$/,
    ({ context }, key = '', kind = '', text = '') => {
      context[key] = asValue(kind, text) as string
    },
  ],
  [
    /^a context containing a key "(.*)" with null value$/,
    ({ context }, key = '') => {
      context[key] = null
    },
  ],
  [
    /^the flag was evaluated with details(?: asynchronously| using the evaluation options)?$/,
    (scene) => evaluate(scene),
  ],
  [/^the reason should be "(.*)"$/, (scene, reason) => hasReason(scene, reason as string)],
  [
    /^the variant should be "[^"]*"(?:, and the reason should be "(.*)")?$/,
    (scene, reason) => {
      if (reason) hasReason(scene, reason)
      hasVariant(scene)
    },
  ],
  [
    /^the error-code should be "(.*)"$/,
    ({ details, kind, leaveOut }, code) => {
      if (kind === 'Object' && code === 'TYPE_MISMATCH' && details.errorCode === 'PARSE_ERROR')
        leaveOut(WHY.parse)
      else expect(details.errorCode).toBe(code)
    },
  ],
  [/^the flag key should be "(.*)"$/, ({ details }, key) => expect(details.flagKey).toBe(key)],
  [
    /^the provider status should be "(.*)"$/,
    (_, status) => expect(OpenFeature.getClient().providerStatus).toBe(status),
  ],
  [/^the resolved metadata should contain$/, (scene) => scene.leaveOut(WHY.metadata)],
  [
    /^the error message should contain ".*"$/,
    (scene) => {
      expect(scene.details.errorMessage).toContain(scene.key)
      scene.leaveOut(WHY.message)
    },
  ],
  [
    /^evaluation options containing specific hooks$/,
    (scene) => {
      scene.hooks = ['one', 'two'].map((name) => ({
        before: () => void scene.ran.push(`before ${name}`),
        after: () => void scene.ran.push(`after ${name}`),
      }))
    },
  ],
  [/^the specified hooks should execute during evaluation$/, ({ ran }) => expect(ran).toHaveLength(4)],
  [
    /^the hook order should be maintained$/,
    ({ ran }) => expect(ran).toEqual(['before one', 'before two', 'after two', 'after one']),
  ],
  [
    /^an evaluation context with modifiable data$/,
    (scene) => {
      scene.context = { tags: ['a'], plan: 'pro' }
    },
  ],
  [
    /^the original evaluation context should remain unmodified$/,
    ({ context }) => expect(context).toEqual({ tags: ['a'], plan: 'pro' }),
  ],
  [/^the evaluation details should be immutable$/, (scene) => scene.leaveOut(WHY.frozen)],
  [/^the evaluation should complete without blocking$/, (scene) => scene.leaveOut(WHY.async)],
  [/^the result should be equivalent to synchronous evaluation$/, () => {}],
]

const take = async (scene: Scene, { text }: PickleStep) => {
  const found = STEPS.filter(([pattern]) => pattern.test(text))
  expect(found.map(String), `steps for: ${text}`).toHaveLength(1)
  const [[pattern, step]] = found as [readonly [RegExp, Step]]
  await step(scene, ...(pattern.exec(text) as string[]).slice(1))
}

const scenariosOf = (path: string): readonly Pickle[] => {
  const newId = IdGenerator.incrementing()
  const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
  return compile(parser.parse(readFileSync(path, 'utf8')), path, newId)
}

describe("OpenFeature's own scenarios", () => {
  const world = useWorld()
  useOpenFeature()
  /** The scenarios that were left out, by the reason. */
  const leftOut: Record<string, Set<string>> = {}
  beforeEach(() => world.net.serve(served(flags())))
  // Vitest prints why a test was skipped to who asks for it. This is for everybody.
  afterAll(() => {
    for (const [why, names] of Object.entries(leftOut))
      process.stdout.write(`Left out of OpenFeature's scenarios: ${[...names].join(', ')} (${why})\n`)
  })

  if (!root) {
    const why = 'GUIDON_OPENFEATURE_SPEC names no checkout of open-feature/spec'
    leftOut[why] = new Set(['all'])
    it('are run', ({ skip }) => skip(why))
    return
  }
  const paths = files
    .map((file) => resolve(root, 'specification/assets/gherkin', file))
    .filter((path) => existsSync(path))
  it('are there', () => expect(paths).not.toEqual([]))
  for (const path of paths) {
    describe(basename(path), () => {
      for (const [index, { name, steps }] of scenariosOf(path).entries())
        it(`${index + 1}. ${name}`, async ({ skip }) => {
          const reasons = new Set<string>()
          let client: Client
          const scene: Scene = {
            async provide(state) {
              if (state === 'fatal') skip(leave(WHY.fatal))
              if (state === 'not ready') world.net.hold()
              if (state === 'error') world.net.offline()
              client = world.client()
              const started = OpenFeature.setProviderAndWait(guidonProvider(client)).catch(() => {})
              if (state === 'not ready') return
              await started
              if (state !== 'stale') return
              world.net.offline()
              await client.refresh().catch(() => {})
            },
            leaveOut: (why) => void reasons.add(why),
            kind: '',
            key: '',
            fallback: undefined,
            context: {},
            hooks: [],
            ran: [],
            details: {} as never,
          }
          const leave = (why: string) => {
            leftOut[why] = (leftOut[why] ?? new Set()).add(name)
            return why
          }
          for (const step of steps) await take(scene, step)
          if (reasons.size) skip([...reasons].map(leave).join('; '))
        })
    })
  }
})
