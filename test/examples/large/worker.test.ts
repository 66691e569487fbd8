import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../../../src/index.ts'
import { type Demo, start } from '../../chromium/demo.ts'
import { ada, bob } from '../../chromium/document.ts'
import { answering, type Net, startNet } from '../../chromium/net.ts'
import { HEADLINE, headline, headlines, identifiers, shop, snapshot } from '../page.ts'

describe('a worker, in the runtime of workers', () => {
  const begin = (...options: string[]) => start('examples/worker/server.js', ...options)
  let net: Net
  /** No page comes without flags only because this machine is slow. */
  let patient: Demo
  let hasty: Demo
  let example: Demo
  beforeAll(async () => {
    net = await startNet()
    patient = await begin('--api', net.api, '--budget-ms', '60000')
    hasty = await begin('--api', net.api)
  })
  beforeEach(async () => {
    await net.reset()
    net.replace(shop)
    example = patient
  })
  afterAll(async () => {
    await Promise.all([patient?.close(), hasty?.close()])
    await net?.close()
  })

  const visit = (visitor?: string, path = '', init: RequestInit = {}) =>
    fetch(new URL(path, example.url), { ...init, headers: visitor ? { Cookie: `visitor=${visitor}` } : {} })
  const textFor = async (visitor?: string) => (await visit(visitor)).text()

  it('gives a visitor a GUID at the first visit, and asks for their flags once each time', async () => {
    const first = await visit()
    const guid = /^visitor=([^;]+)/.exec(first.headers.get('Set-Cookie') ?? '')?.[1]
    expect(guid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/)
    const second = await visit(guid)
    expect(second.headers.get('Set-Cookie')).toBeNull()
    expect(identifiers(net)).toEqual([guid, guid])
  })

  it('shows fifty visitors at once their own flags, each', async () => {
    const guids = Array.from({ length: 50 }, () => crypto.randomUUID())
    net.replace(headlines(Object.fromEntries(guids.map((guid) => [guid, `for ${guid}`]))))
    const pages = await Promise.all(guids.map(textFor))
    expect(pages.map(headline)).toEqual(guids.map((guid) => `for ${guid}`))
    expect(pages.map((page) => snapshot(page).identity)).toEqual(guids)
  })

  it('brings the flags to the page’s client, which asks for none', async () => {
    const found = snapshot(await textFor(ada))
    const ask = vi.fn<typeof fetch>()
    const client = createClient({
      environmentKey: found.environment,
      identity: ada,
      snapshot: found,
      fetch: ask,
    })
    expect(client.status.state).toBe('fresh')
    await client.ready({ from: 'network' })
    expect(ask).not.toHaveBeenCalled()
    client.close()
  })

  it('answers before a trait has arrived, and has it arrive', async () => {
    let letGo = () => {}
    const over = new Promise((resolve) => {
      net.answer = (asked, response) => {
        // Else nobody would hear its body.
        asked.pause()
        response.on('close', resolve)
        letGo = () => net.edge(asked, response)
      }
    })
    expect(await (await visit(ada, 'beta', { method: 'POST' })).text()).toContain('Thank you')
    await vi.waitFor(() => expect(net.asked()).toHaveLength(1))
    // Whoever comes meanwhile: the runtime is done with the answer.
    net.answer = net.edge
    await textFor(bob)
    letGo()
    await over
    expect(net.asked()[0]?.status()).toBe(200)
    expect(net.asked()[0]?.body).toBe(
      JSON.stringify({ identifier: ada, traits: [{ trait_key: 'beta', trait_value: true }] }),
    )
    expect(await textFor(ada)).toContain('>beta</b>')
    expect(await textFor(bob)).toContain('>stable</b>')
  })

  const answers = (status: number, body: string) => {
    net.answer = answering(status, body)
  }
  it.each([
    ['is down', () => net.down()],
    ['fails', () => answers(503, 'oh')],
    ['answers with a page', () => answers(200, '<html>')],
  ])('leaves the page as it is when the service %s', async (_, happens) => {
    await happens()
    const page = await textFor(ada)
    expect(headline(page)).toBe('Plan the week together.')
    expect(page).toContain('Fill in these nine fields.')
    expect(page).not.toContain('Pay with one click.')
  })

  it('leaves the page as it is when the service does not answer in time', async () => {
    example = hasty
    net.answer = () => {}
    expect(headline(await textFor(ada))).toBe('Plan the week together.')
  })

  it('tells the service nothing of somebody who has an e-mail address for a cookie', async () => {
    const answer = await visit('ada@example.org')
    expect(answer.headers.get('Set-Cookie')).toMatch(/^visitor=[\da-f-]{36};/)
    expect(JSON.stringify(net.seen)).not.toContain('ada')
  })

  it('has no flag that can end its script element, or begin another', async () => {
    const evil = `</script><script>alert(1)</script><!-- "'&\u2028`
    net.replace(headlines({ [ada]: evil }))
    const page = await textFor(ada)
    expect(page.match(/<\/?script/g)).toHaveLength(2)
    expect(page).not.toContain('<!--')
    expect(Object.fromEntries(snapshot(page).flags)[HEADLINE]).toEqual([true, evil])
  })

  it('may ask a flag service that is a worker, too', async () => {
    example = await begin('--budget-ms', '60000')
    expect(snapshot(await textFor(ada))).toMatchObject({ identity: ada, source: 'network' })
    expect(net.seen).toEqual([])
    expect(example.said()).toMatch(/^The example is at \S+ \(Ctrl\+C ends it\)\n$/)
    // The runtime's own way to say that SIGTERM ended it.
    expect(await example.close()).toBe(143)
  })
})
