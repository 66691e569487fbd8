// What surrounds a client on a page: its policy, its security, and other clients.
import { describe, expect, it } from 'vitest'
import { ada, KEY } from './document.ts'
import { answering } from './net.ts'
import { type App, useWorld } from './world.ts'

const world = useWorld()

const violations = () =>
  world.context().addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { violations: seen })
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      seen.push(`${violatedDirective} ${blockedURI}`),
    )
  })
const seenViolations = (page: { evaluate(expression: string): Promise<unknown> }) =>
  page.evaluate('window.violations')

it('runs from a script tag under a policy that lets it run nothing else and reach its API alone', async () => {
  await violations()
  // No eval, no HTML from text, no inline anything; and `connect-src` names the API's origin only.
  const visit = await world.visit(
    (guidon, { api, key, ada }) => {
      const flags = guidon.createClient({ environmentKey: key, api, identity: ada })
      return { flags }
    },
    { policy: "require-trusted-types-for 'script'; trusted-types 'none'; " },
  )
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  await visit.ask(({ flags }) => flags.setTraits({ plan: 'pro' }))
  await visit.ask(({ flags }) => flags.reset())
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of nobody')
  expect(await seenViolations(visit.page)).toEqual([])
})

it('is told as a network error, and stays calm, where the policy forbids the API', async () => {
  await violations()
  const visit = await world.visit((guidon, { key, ada }) => ({
    flags: guidon.createClient({
      environmentKey: key,
      // Another origin than the policy allows.
      api: 'http://forbidden.test/api/v1/',
      identity: ada,
      retries: 0,
      defaults: { flags: { colour: { enabled: true, value: 'bundled' } } },
    }),
  }))
  const code = await visit.ask(({ flags }) =>
    flags.ready({ from: 'network' }).then(({ error }) => error?.code),
  )
  expect(code).toBe('network')
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('bundled')
  expect(await seenViolations(visit.page)).toEqual([
    `connect-src http://forbidden.test/api/v1/identities/?identifier=${ada}`,
  ])
  // The browser's own words about it, and this test's.
  expect(
    world
      .heard()
      .splice(0)
      .every((line) => /Content Security Policy|against the policy: connect-src/.test(line)),
  ).toBe(true)
})

describe('a script tag with data-environment-key', () => {
  const started = ((guidon) => {
    const flags = guidon.client!
    return {
      flags,
      first: flags?.value('colour', 'none'),
      early: (globalThis as { early?: unknown[] }).early,
    }
  }) satisfies App<unknown>
  const attributes = (more = '') => `data-environment-key="${KEY}" data-api="${world.net.api}" ${more}`

  it('starts a client for the identity it names', async () => {
    const visit = await world.visit(started, { attributes: attributes(`data-identity="${ada}"`) })
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    expect(await visit.ask(({ flags }) => [flags.identity, flags.value('colour', '')])).toEqual([
      ada,
      'of ada',
    ])
  })

  it('shows the bundled flags of a script element in the next line', async () => {
    const bundled = JSON.stringify({ flags: { colour: { enabled: true, value: 'bundled' } } })
    await world.net.down()
    const visit = await world.visit(started, {
      attributes: attributes('data-defaults="#flags"'),
      before: `<script type="application/json" id="flags">${bundled}</script>`,
    })
    expect(await visit.ask(({ first }) => first)).toBe('bundled')
  })

  it('calls what was pushed before it came, each by itself, and what is pushed after', async () => {
    const visit = await world.visit(started, {
      attributes: attributes(),
      early: `
        window.early = []
        window.guidon = window.guidon || []
        guidon.push(() => { throw new Error('of the page') })
        guidon.push(({ client }) => client.ready({ from: 'network' }).then(() => early.push(client.value('colour', ''))))`,
    })
    const late = await visit.page.evaluate(
      `new Promise((resolve) => guidon.push(({ client }) => resolve(client.identity)))`,
    )
    expect(late).toBeUndefined()
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    expect(await visit.ask(({ early }) => early)).toEqual(['of nobody'])
    expect(world.heard().splice(0)).toEqual(['uncaught: Error: of the page'])
  })

  it('leaves the page and the rest of guidon alone when it cannot start', async () => {
    const visit = await world.visit(
      (guidon) => ({ client: guidon.client, made: typeof guidon.createClient }),
      {
        attributes: 'data-environment-key="ser.secret"',
      },
    )
    expect(await visit.ask((made) => made)).toEqual({ made: 'function' })
    const [word, ...rest] = world.heard().splice(0)
    expect(rest).toEqual([])
    expect(word).toMatch(/^uncaught: .*server-side-key/)
    expect(word).not.toContain('secret')
  })

  it('starts nothing without it', async () => {
    const visit = await world.visit((guidon) => ({ client: guidon.client }))
    expect(await visit.ask(({ client }) => client)).toBeUndefined()
    expect(world.net.asked()).toEqual([])
  })
})

it('adds one name to the page', async () => {
  await world.context().addInitScript(() => {
    Object.defineProperty(window, 'before', { value: Object.keys(window) })
  })
  const visit = await world.visit(() => {
    const { before } = window as unknown as { before: string[] }
    return Object.keys(window).filter((name) => !before.includes(name))
  })
  expect(await visit.ask((names) => names)).toEqual(['guidon'])
})

it('makes GUIDs, and keeps an anonymous one, on a page without a secure connection', async () => {
  const app = ((guidon, { api, key }) => {
    const flags = guidon.createClient({ environmentKey: key, api, anonymous: true, retries: 0 })
    return {
      flags,
      first: flags.flag('colour')?.source,
      guid: guidon.newGuid(),
      surroundings: [isSecureContext, typeof crypto.randomUUID, typeof crypto.subtle],
    }
  }) satisfies App<unknown>
  const insecure = { host: 'shop.test', api: world.net.api.replace('127.0.0.1', 'api.test') }

  const visit = await world.visit(app, insecure)
  expect(await visit.ask(({ surroundings }) => surroundings)).toEqual([false, 'undefined', 'undefined'])
  expect(await visit.ask(({ guid }) => guid)).toMatch(
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  )
  expect(await visit.ask(({ flags }) => flags.ready({ from: 'network' }))).toMatchObject({
    source: 'network',
  })
  const identity = await visit.ask(({ flags }) => flags.identity)
  expect(world.net.asked()[0]!.path).toBe(`/api/v1/identities/?identifier=${identity}`)

  const again = await world.visit(app, insecure)
  expect(await again.ask(({ flags, first }) => [flags.identity, first])).toEqual([identity, 'storage'])
})

it('sends nothing of an identifier that it was to hash and cannot, on a page without a secure connection', async () => {
  const visit = await world.visit(
    (guidon, { api, key }) => {
      const flags = guidon.createClient({
        environmentKey: key,
        api,
        guards: { personal: 'hash', salt: 'of this app' },
      })
      return {
        flags,
        identify: () =>
          flags.identify('ada@example.com').then(
            () => 'done',
            (error) => error.code as string,
          ),
      }
    },
    { host: 'shop.test', api: world.net.api.replace('127.0.0.1', 'api.test') },
  )
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await visit.ask(({ identify }) => identify())).toBe('unsupported')
  expect(JSON.stringify(world.net.seen.map(({ path, body }) => path + body))).not.toContain('example')
})

it('keeps two users of one page apart, who share an environment', async () => {
  const app = ((guidon, { api, key, ada, bob }) => {
    const [hers, his] = [ada, bob].map((identity) =>
      guidon.createClient({ environmentKey: key, api, identity }),
    )
    const see = () => [hers!.value('colour', 'none'), his!.value('colour', 'none')]
    return { hers: hers!, his: his!, see, first: see() }
  }) satisfies App<unknown>
  const visit = await world.visit(app)
  await visit.ask(({ hers, his }) =>
    Promise.all([hers.ready({ from: 'network' }), his.ready({ from: 'network' })]),
  )
  expect(await visit.ask(({ see }) => see())).toEqual(['of ada', 'of bob'])

  await visit.ask(({ hers }) => hers.reset())
  expect(await visit.ask(({ see }) => see())).toEqual(['of nobody', 'of bob'])
  await visit.leave()

  await world.net.down()
  const again = await world.visit(app)
  // She logged out, so nothing is kept of her.
  expect(await again.ask(({ first }) => first)).toEqual(['none', 'of bob'])
})

it('keeps two environments on one page apart', async () => {
  world.net.answer = (request, response) => {
    const value = `of ${request.headers['x-environment-key']}`
    const flag = { feature: { id: 1, name: 'colour' }, enabled: true, feature_state_value: value }
    answering(200, JSON.stringify([flag]))(request, response)
  }
  const app = ((guidon, { api }) => {
    const [shop, blog] = ['shop', 'blog'].map((environmentKey) =>
      guidon.createClient({ environmentKey, api }),
    )
    const see = () => [shop!.value('colour', 'none'), blog!.value('colour', 'none')]
    return { shop: shop!, blog: blog!, see, first: see() }
  }) satisfies App<unknown>
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual(['none', 'none'])
  await visit.ask(({ shop, blog }) =>
    Promise.all([shop.ready({ from: 'network' }), blog.ready({ from: 'network' })]),
  )
  expect(await visit.ask(({ see }) => see())).toEqual(['of shop', 'of blog'])
  await visit.leave()

  await world.net.down()
  const again = await world.visit(app)
  expect(await again.ask(({ first }) => first)).toEqual(['of shop', 'of blog'])
})
