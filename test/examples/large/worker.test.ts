import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Demo, start } from '../../chromium/demo.ts'
import { ada, bob } from '../../chromium/document.ts'
import { answering, type Net, startNet } from '../../chromium/net.ts'
import { HEADLINE, headline, headlines, shop, snapshot } from '../page.ts'
import { visitorsOf } from '../visitors.ts'

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

  const { visit, textFor } = visitorsOf(() => [example, net])

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
