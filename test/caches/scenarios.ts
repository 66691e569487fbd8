import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { flagsKey } from '../../src/server.ts'
import { type Cache, isThere, type Page, startWorld, type World } from './world.ts'

/** What must be true of a cache in front of pages with flags, whichever it is. */
export const scenarios = (cache: Cache) => {
  const title = isThere(cache)
    ? `${cache}, as its example starts it,`
    : `${cache}: NOT TESTED, for it is not installed here (apt-get install --no-install-recommends nginx varnish)`

  describe.skipIf(!isThere(cache))(title, () => {
    // Processes are started here, and answers waited for that are kept for whole seconds.
    vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
    const patience = { timeout: 30_000, interval: 50 }

    let world: World
    let path: string
    beforeAll(async () => {
      world = await startWorld(cache)
    })
    beforeEach(async () => {
      await world.repairService()
      path = world.newPath()
      counted()
    })
    afterAll(async () => {
      const { code, said } = await world.close()
      expect(code).toBe(0)
      expect(said).toMatch(/^The example is at \S+ \(Ctrl\+C ends it\)\n$/)
    })

    let before = { renders: 0, lookups: 0 }
    /** What it took since the last time that this was asked. */
    const counted = () => {
      const now = { renders: world.application.renders, lookups: world.service.lookups.length }
      const taken = { renders: now.renders - before.renders, lookups: now.lookups - before.lookups }
      before = now
      return taken
    }
    /** One after the other, so that what is a hit does not depend on who was quicker. */
    const visitAll = async (visitors: readonly string[]) => {
      let hits = 0
      for (const visitor of visitors) {
        const { page, isHit } = await world.visit(visitor, { path })
        expect(page.flags).toEqual(world.flagsOf(visitor))
        expect(page.key).toBe(await flagsKey(world.flagsOf(visitor)))
        hits += Number(isHit)
      }
      return { hits, misses: visitors.length - hits }
    }

    it('renders once for each combination, and gives every visitor the page of theirs', async () => {
      const groups = world.newVisitors(10)
      // One of each, then the next of each.
      const visitors = groups[0]!.flatMap((_, at) => groups.map((group) => group[at]!))
      expect(await visitAll(visitors)).toEqual({ hits: 36, misses: 4 })
      expect(counted()).toEqual({ renders: 4, lookups: 40 })
      // A page that is there costs no evaluation.
      expect(await visitAll(visitors)).toEqual({ hits: 40, misses: 0 })
      expect(counted()).toEqual({ renders: 0, lookups: 0 })
    })

    it('misses once for each combination after a change, and shows nobody what is not theirs meanwhile', async () => {
      const [[A, B], [C]] = world.newVisitors(2) as [[string, string], [string, string], string[], string[]]
      const visitors = [A, B, C]
      world.service.maxAge = 1
      const table = [`${cache}: A and B have the same flags, C has others`]
      const report = (when: string, { hits, misses }: { hits?: number; misses: number }) =>
        table.push(`  ${when.padEnd(26)}${hits === undefined ? '' : `${hits} hits, `}${misses} misses`)

      report('first visits', await visitAll(visitors))
      report('second visits', await visitAll(visitors))
      expect(table.slice(1).map((line) => line.trim().replace(/\s+/g, ' '))).toEqual([
        'first visits 1 hits, 2 misses',
        'second visits 3 hits, 0 misses',
      ])
      counted()

      /** Visits until all have what they are to have; each page on the way was right before or is right now. */
      const until = async (change: () => void) => {
        const old = new Map(visitors.map((visitor) => [visitor, world.flagsOf(visitor)]))
        change()
        let misses = 0
        const wrong: Page[] = []
        const visitOnce = async () => {
          const pages = await Promise.all(visitors.map((visitor) => world.visit(visitor, { path })))
          for (const [at, { page, isHit }] of pages.entries()) {
            const visitor = visitors[at]!
            const right = await Promise.all(
              [old.get(visitor)!, world.flagsOf(visitor)].map((flags) => flagsKey(flags)),
            )
            if (!right.includes(page.key) || page.key !== (await flagsKey(page.flags))) wrong.push(page)
            misses += Number(!isHit)
          }
          expect(pages.map(({ page }) => page.flags)).toEqual(
            visitors.map((visitor) => world.flagsOf(visitor)),
          )
        }
        await vi.waitFor(visitOnce, patience)
        expect(wrong).toEqual([])
        return { misses }
      }
      report('after a flag has changed', await until(() => world.set('max_boards', 4)))
      expect(counted().renders).toBe(2)
      report('all of them again', await visitAll(visitors))
      expect(counted().renders).toBe(0)
      // The old pages are still there.
      report('after it is set back', await until(() => world.set('max_boards', 3)))
      expect(counted().renders).toBe(0)
      process.stdout.write(`${table.join('\n')}\n`)
    })

    it('makes no new page when a flag changes that the page does not depend on', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      world.service.maxAge = 1
      await world.visit(A, { path })
      counted()
      world.set('footer', 'new')
      await vi.waitFor(async () => {
        expect((await world.visit(A, { path })).isHit).toBe(true)
        expect(world.service.lookups.length).toBeGreaterThan(before.lookups + 1)
      }, patience)
      expect(counted().renders).toBe(0)
    })

    it('shares the page of an address that depends on fewer flags among more visitors', async () => {
      const visitors = world.newVisitors(1).flat()
      const pages = []
      for (const visitor of visitors) pages.push((await world.visit(visitor, { path: '/pricing' })).page)
      expect(new Set(pages.map(({ key }) => key))).toEqual(
        new Set([await flagsKey({ max_boards: { enabled: true, value: 3 } })]),
      )
      expect(counted().renders).toBe(1)
      // The same visitor elsewhere.
      expect((await world.visit(visitors[0], { path })).page.flags).toEqual(world.flagsOf(visitors[0]!))
    })

    it('evaluates with the trait in the cookie, and with no other word', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      const pro = await world.visit(A, { path, plan: 'pro' })
      expect(pro.page.flags).toEqual(world.flagsOf(A, 'pro'))
      expect(pro.page.flags).toMatchObject({ max_boards: { value: 100 } })
      expect((await world.visit(A, { path })).page.flags).toEqual(world.flagsOf(A))
      counted()
      expect((await world.visit(A, { path, plan: 'pro x' })).page.flags).toEqual(world.flagsOf(A))
      expect(counted()).toEqual({ renders: 0, lookups: 0 })
    })

    it('believes no header that a visitor sends', async () => {
      const [[A], [C]] = world.newVisitors(1) as [[string], [string], ...string[][]]
      const key = await flagsKey(world.flagsOf(C))
      const headers = {
        'Flags-Key': key,
        Flags: Buffer.from('[]').toString('base64url'),
        'Flags-Identity': C,
        'Flags-Trait-Plan': 'pro',
        'Flags-Lookup': 'stale',
        'Flags-Page': '/elsewhere',
        Authorization: 'Basic YTpi',
      }
      const first = await world.visit(A, { path, headers })
      expect([first.isHit, first.page.flags]).toEqual([false, world.flagsOf(A)])
      expect((await world.visit(C, { path })).page.flags).toEqual(world.flagsOf(C))
      expect((await world.visit(A, { path })).isHit).toBe(true)
      // Somebody without an identifier is nobody, whatever they say.
      expect((await world.visit(undefined, { path, headers })).page.flags).toEqual(world.defaults)
      expect(counted()).toEqual({ renders: 3, lookups: 2 })
      for (const { url, headers } of world.application.seen.slice(-3)) {
        expect(url).toBe(path)
        expect(headers).not.toHaveProperty('authorization')
        expect(headers).not.toHaveProperty('cookie')
        expect(JSON.stringify(headers)).not.toContain(A)
      }
    })

    it.each([
      ['another combination’s key', async (C: string) => flagsKey(world.flagsOf(C))],
      ['an e-mail address', async () => 'ada@example.org'],
      ['an encoded e-mail address', async () => 'ada%40example.org'],
      ['a number', async () => '42'],
      ['a GUID with something behind it', async (C: string) => `${C}|pro`],
      ['a quoted GUID', async (C: string) => `"${C}"`],
      ['six thousand characters', async () => 'a'.repeat(6_000)],
      ['more than a header may have', async () => 'a'.repeat(40_000)],
    ])('asks nothing about somebody with %s for a cookie, and harms nobody', async (_, cookie) => {
      const [[C]] = world.newVisitors(1) as [[string], ...string[][]]
      const guid = await cookie(C)
      const visit = world.visit(guid, { path })
      // Varnish hangs up where nginx says that it is too much.
      if (guid.length > 8_000)
        expect(await visit.catch(() => ({ status: 400 }))).toMatchObject({ status: 400 })
      else expect((await visit).page.flags).toEqual(world.defaults)
      expect(counted().lookups).toBe(0)
      expect((await world.visit(C, { path })).page.flags).toEqual(world.flagsOf(C))
      // What is not opaque has reached neither of the two.
      const told = [...world.service.lookups, ...world.application.seen].map(({ rawHeaders, url }) => [
        rawHeaders,
        url,
      ])
      expect(JSON.stringify(told).includes('example.org')).toBe(false)
      expect(world.service.evaluated.filter((identifier) => !/^[\da-f-]{36}$/.test(identifier))).toEqual([])
    })

    it('gives all who have no identifier one page, and asks nothing about them', async () => {
      await world.visit(undefined, { path })
      const { isHit, page } = await world.visit(undefined, { path, plan: 'pro' })
      expect([isHit, page.flags, page.key]).toEqual([true, world.defaults, 'default'])
      expect(counted()).toEqual({ renders: 1, lookups: 0 })
    })

    it('tells the flag service who it is and nothing else', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      const headers = {
        'User-Agent': 'told',
        Referer: 'told',
        'X-Forwarded-For': 'told',
        Authorization: 'told',
      }
      await world.visit(A, { path: `${path}?q=told`, cookie: 'session=told', headers, plan: 'pro' })
      const { url, rawHeaders } = world.service.lookups.at(-1)!
      expect(JSON.stringify([url, rawHeaders])).not.toContain('told')
      expect(rawHeaders).toContain(A)
    })

    it('makes one lookup and one page of a hundred first requests at once', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      const answers = await Promise.all(Array.from({ length: 100 }, () => world.visit(A, { path })))
      for (const { page } of answers) expect(page.flags).toEqual(world.flagsOf(A))
      expect(counted()).toEqual({ renders: 1, lookups: 1 })
    })

    it('answers HEAD from the page that it keeps', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      const head = await world.visit(A, { path, method: 'HEAD' })
      expect([head.status, head.text]).toEqual([200, ''])
      expect((await world.visit(A, { path })).isHit).toBe(true)
      expect(world.application.seen.at(-1)!.method).toBe('GET')
      expect(counted().renders).toBe(1)
    })

    it('lets a form through to the application as it is, with its cookies', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      const headers = { 'Flags-Key': 'default', Flags: 'x' }
      const { page } = await world.visit(A, { path, method: 'POST', cookie: 'session=1', headers })
      expect(page.flags).toEqual(world.defaults)
      const asked = world.application.seen.at(-1)!
      expect([asked.method, asked.headers.cookie]).toEqual(['POST', `guid=${A}; session=1`])
      expect(asked.headers).not.toHaveProperty('flags-key')
      expect(asked.headers).not.toHaveProperty('flags')
      expect(counted().lookups).toBe(0)
    })

    /** Another manner of the application, for one test. */
    const whileApplication = async (
      headers: World['application']['headers'],
      during: () => Promise<void>,
    ) => {
      const usual = world.application.headers
      world.application.headers = headers
      try {
        await during()
      } finally {
        world.application.headers = usual
      }
    }

    it('keeps no page that sets a cookie, so nobody has another’s', async () => {
      const [[A, B]] = world.newVisitors(2) as [[string, string], ...string[][]]
      const usual = world.application.headers
      const withCookie: typeof usual = (flags) => ({
        ...usual(flags),
        'Set-Cookie': `session=${world.application.renders}`,
      })
      await whileApplication(withCookie, async () => {
        const sessions = []
        for (const visitor of [A, B, A])
          sessions.push((await world.visit(visitor, { path })).headers['set-cookie'])
        expect(new Set(sessions.map(String)).size).toBe(3)
      })
    })

    it('sends a page on so that no cache behind it keeps it', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      for (const isHit of [false, true]) {
        const answer = await world.visit(A, { path })
        expect([answer.isHit, answer.headers['cache-control']]).toEqual([isHit, 'private, no-cache'])
      }
    })

    it('keeps no page whose flags are not those of the key', async () => {
      const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
      world.service.mood = 'lies'
      for (const _ of [1, 2]) {
        const { page, isHit, headers } = await world.visit(A, { path })
        expect([isHit, page.flags, headers['cache-control']]).toEqual([false, world.defaults, 'no-store'])
      }
      expect(counted().renders).toBe(2)
    })

    describe('asked again by a browser that has the page', () => {
      /** What it is told after a flag has changed. */
      const asked = async () => {
        const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
        world.service.maxAge = 1
        const {
          headers: { etag = '' },
        } = await world.visit(A, { path })
        const ask = () => world.visit(A, { path, headers: { 'If-None-Match': etag } })
        expect((await ask()).status).toBe(304)
        world.set('max_boards', 5)
        counted()
        // Until the application has made a page of the new flags.
        await vi.waitFor(async () => {
          await world.visit(A, { path })
          expect(world.application.renders).toBeGreaterThan(before.renders)
        }, patience)
        const answer = await ask()
        world.set('max_boards', 3)
        return { ...answer, expected: { ...world.flagsOf(A), max_boards: { enabled: true, value: 5 } } }
      }

      it('answers 304 until its flags change, and then with the new page', async () => {
        const { status, page, expected } = await asked()
        expect([status, page?.flags]).toEqual([200, expected])
      })

      it('leaves it with the old flags where the ETag of the application leaves them out', async () => {
        const wrong = () => ({ 'Cache-Control': 's-maxage=3600, max-age=0', ETag: '"build 1"' })
        await whileApplication(wrong, async () => {
          expect((await asked()).status).toBe(304)
        })
      })
    })

    describe.each([
      ['is down', () => world.takeServiceDown()],
      ['fails', () => void Object.assign(world.service, { mood: 'fails' })],
      ['does not answer', () => void Object.assign(world.service, { mood: 'hangs' })],
    ])('while the flag service %s', (_, happens) => {
      it('gives those who were here their pages, and others the default page, until it is back', async () => {
        const [[A, B], [C]] = world.newVisitors(2) as [[string, string], [string, string], ...string[][]]
        world.service.maxAge = 1
        await visitAll([A, C])
        await happens()
        // Longer than any lookup is good for, and than it takes to notice.
        const end = Date.now() + 6_000
        while (Date.now() < end) {
          for (const visitor of [A, C]) {
            const { status, page } = await world.visit(visitor, { path })
            expect([status, page.flags]).toEqual([200, world.flagsOf(visitor)])
          }
          const unseen = await world.visit(crypto.randomUUID(), { path })
          expect([unseen.status, unseen.page.flags, unseen.page.key]).toEqual([
            200,
            world.defaults,
            'default',
          ])
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        // Three pages at most for all of that: two that were there, and the default one.
        expect(counted().renders).toBe(3)
        await world.repairService()
        await vi.waitFor(async () => {
          expect((await world.visit(B, { path })).page.flags).toEqual(world.flagsOf(B))
        }, patience)
      })

      it('gives somebody their page who has been away for longer than the service', async () => {
        const [[A]] = world.newVisitors(1) as [[string], ...string[][]]
        world.service.maxAge = 1
        await visitAll([A])
        await happens()
        await new Promise((resolve) => setTimeout(resolve, 4_500))
        expect((await world.visit(A, { path })).page.flags).toEqual(world.flagsOf(A))
      })
    })

    const wrk = spawnSync('wrk', ['-v']).error === undefined
    it.skipIf(!wrk)(
      `serves hits, and prints how many beside the same cache without flags${wrk ? '' : ' (NOT MEASURED: wrk is not installed here)'}`,
      async () => {
        const args = ['bench/cache.js', '--cache', cache, '--seconds', '1', '--rounds', '1']
        const { stdout } = await promisify(execFile)(process.execPath, args)
        process.stdout.write(stdout)
        expect(stdout.match(/requests\/s/g)).toHaveLength(3)
      },
    )
  })
}
