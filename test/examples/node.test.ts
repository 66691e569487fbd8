import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { writeFlags } from '../../src/codegen/flags-file.ts'
import { pull } from '../../src/codegen/pull.ts'
import { type Demo, start } from '../chromium/demo.ts'
import { ada, bob } from '../chromium/document.ts'
import { type Answer, answering, held, type Net, startNet } from '../chromium/net.ts'
import { HEADLINE, headline, headlines, shop, snapshot } from './page.ts'
import { visitorsOf } from './visitors.ts'

const file = readFileSync('examples/node/guidon.flags.json', 'utf8')
const bundled = JSON.parse(file).flags

// The example as it runs, with a flag service that does what a test wants.

// Processes are started here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let net: Net
let example: Demo
const begin = (...options: string[]) => start('examples/node/server.js', ...options)
/** It says nothing but its first line, and leaves nothing that keeps the process from its end. */
const end = async ({ close, said }: Demo) => {
  expect(await close()).toBe(0)
  expect(said()).toMatch(/^The example is at \S+ \(Ctrl\+C ends it\)\n$/)
}
/** The example once more, for one test. */
const begun = async (options: string[], during: () => Promise<void>) => {
  const usual = example
  example = await begin(...options)
  try {
    await during()
  } finally {
    const mine = example
    example = usual
    await end(mine)
  }
}

beforeAll(async () => {
  net = await startNet()
  // No page comes without flags only because this machine is slow.
  example = await begin('--api', net.api, '--budget-ms', '60000')
})
beforeEach(async () => {
  await net.reset()
  net.replace(shop)
})
afterAll(async () => {
  await end(example)
  await net.close()
})

const { visit, textFor } = visitorsOf(() => [example, net])

it('has the next page know of a trait that a visitor set', async () => {
  expect((await visit(ada, 'plan', { method: 'POST' })).headers.get('Location')).toBe('/')
  expect(await textFor(ada)).toContain('Pay with one click.')
  expect(await textFor(bob)).toContain('<b id="boards">3</b>')
  expect(net.asked().filter(({ method }) => method === 'POST')).toMatchObject([
    { body: JSON.stringify({ identifier: ada, traits: [{ trait_key: 'plan', trait_value: 'pro' }] }) },
  ])
})

const answers = (answer: Answer) => {
  net.answer = answer
}
it.each([
  ['is down', () => net.down()],
  ['fails', () => answers(answering(503, 'oh'))],
  ['answers with a page', () => answers(answering(200, '<html>'))],
])('shows bundled flags when the service %s', async (_, happens) => {
  await happens()
  const page = await textFor(ada)
  expect(headline(page)).toBe(bundled[HEADLINE].value)
  expect(page).toContain('Fill in these nine fields.')
  expect(snapshot(page).source).toBe('defaults')
})

it('bundles what `guidon pull` finds in the environment', async () => {
  const pulled = await pull({ environmentKey: shop.api_key, api: net.api })
  // On another day the same.
  expect(writeFlags({ ...pulled, date: JSON.parse(file).date })).toBe(file)
})

it('shows bundled flags when the service does not answer in time', async () => {
  answers(() => {})
  await begun(['--api', net.api], async () => {
    expect(snapshot(await textFor(ada)).source).toBe('defaults')
  })
})

it('has the flags again as soon as the service is back', async () => {
  await net.down()
  expect(snapshot(await textFor(ada)).source).toBe('defaults')
  await net.up()
  expect(snapshot(await textFor(ada)).source).toBe('network')
})

it('tells the service nothing of somebody who has an e-mail address for a cookie', async () => {
  const page = await textFor('ada%40example.org')
  expect(headline(page)).toContain('Plan the week together, and')
  expect(page).not.toContain('ada@')
  expect(net.asked()).toMatchObject([{ path: '/api/v1/flags/', body: '' }])
  expect(JSON.stringify(net.seen)).not.toContain('ada')
})

it('has no flag that can end its script element, or begin another', async () => {
  const evil = `</script><script>alert(1)</script><!-- "'&\u2028`
  net.replace(headlines({ [ada]: evil }))
  const page = await textFor(ada)
  expect(page.match(/<\/?script/g)).toHaveLength(6)
  expect(page).not.toContain('<!--')
  expect(Object.fromEntries(snapshot(page).flags)[HEADLINE]).toEqual([true, evil])
})

/** Somebody who leaves before their page has come. */
const passerBy = (path: string, method: string) => {
  const asking = request(new URL(path, example.url), { method, headers: { Cookie: `visitor=${ada}` } })
  asking.on('error', () => {}).end()
  return () => asking.destroy()
}

it('asks no longer for a visitor who has hung up, nor for one who has their page', async () => {
  const open = new Set<string>()
  await begun(['--api', net.api], async () => {
    net.answer = ({ url = '' }, response) => {
      open.add(url)
      response.on('close', () => open.delete(url))
      if (url.includes(ada)) hangUp()
    }
    const hangUp = passerBy('', 'GET')
    await textFor(bob)
    expect([...open].filter((url) => url.includes(ada))).toEqual([])
    await vi.waitFor(() => expect([...open]).toEqual([]))
  })
})

it('lets a trait arrive though the visitor has hung up', async () => {
  const over = new Promise((resolve) => {
    net.answer = async (asked, response) => {
      if (asked.method === 'POST') {
        response.on('close', resolve)
        // Else nobody would hear its body.
        asked.pause()
        hangUp()
        // By then the example has noticed.
        await textFor(bob)
      }
      await net.edge(asked, response)
    }
  })
  const hangUp = passerBy('plan', 'POST')
  await over
  expect(
    net
      .asked()
      .find(({ method }) => method === 'POST')
      ?.status(),
  ).toBe(200)
  expect(await textFor(ada)).toContain('Pay with one click.')
})

it('has a flag service of its own', () =>
  begun(['--budget-ms', '60000'], async () => {
    expect(snapshot(await textFor(ada))).toMatchObject({ identity: ada, source: 'network' })
    expect(net.seen).toEqual([])
  }))

it('finishes the page of who is there when it is told to end', () =>
  begun(['--api', net.api, '--budget-ms', '60000'], async () => {
    const letGo = held(net)
    const { answer } = net
    const asked = new Promise<void>((resolve) => {
      net.answer = (...both) => {
        resolve()
        return answer(...both)
      }
    })
    const page = textFor(ada)
    await asked
    const ended = example.close()
    letGo()
    expect(snapshot(await page).source).toBe('network')
    await ended
  }))
