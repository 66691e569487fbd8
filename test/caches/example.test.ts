import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Demo, start } from '../chromium/demo.ts'
import { useDevice } from '../chromium/device.ts'
import { type Cache, isThere } from './world.ts'

// The examples with their own application and their own flag service, in a real browser.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const device = useDevice()

describe.each<Cache>(['nginx', 'varnish'])('the example of %s', (cache) => {
  describe.skipIf(!isThere(cache))(isThere(cache) ? 'as it runs' : 'NOT TESTED: it is not installed', () => {
    let example: Demo
    beforeAll(async () => {
      example = await start(`examples/${cache}/server.js`, '--patience', '1s')
    })
    afterAll(() => example?.close())

    it('has a page for each combination, and a client in it that paints the same', async () => {
      const page = await device.page()
      /** Every headline that this page showed, from its first on. */
      const headlines = () =>
        page.evaluate(() => (globalThis as unknown as { headlines: string[] }).headlines)
      await page.addInitScript(() => {
        const shown: string[] = []
        Object.assign(globalThis, { headlines: shown })
        const look = () => {
          const text = document.querySelector('h1')?.textContent
          if (text && text !== shown.at(-1)) shown.push(text)
        }
        new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
      })
      /** Until the page's client has its answer: what is under way when a page goes never ends. */
      const arrive = async <T>(go: () => Promise<T>): Promise<T> => {
        const answered = page.waitForResponse((response) => response.url().includes('/api/v1/identities/'))
        const gone = await go()
        await (await answered).finished()
        return gone
      }
      const visit = async (path = '') => {
        const response = await arrive(() => page.goto(example.url + path))
        return response!.headers()
      }
      /** A form is a navigation: the next one would break it off. */
      const press = (name: string) =>
        arrive(async () => {
          const loaded = page.waitForEvent('load')
          await page.getByRole('button', { name }).click()
          await loaded
        })

      const mine = 'Plan the week together, and close the laptop on Friday.'
      await visit()
      await page.getByText(mine).waitFor()
      expect(await headlines()).toEqual(['Plan the week together.', mine])

      // From now on the cache knows who it is.
      expect((await visit())['x-cache']).toBe('MISS')
      expect((await visit())['x-cache']).toBe('HIT')
      await page.waitForTimeout(100)
      expect(await headlines()).toEqual([mine])
      // With the trait that the cache knows, too.
      await visit('pricing')
      expect(await page.locator('#boards').textContent()).toBe('3')
      await press('plan')
      await vi.waitFor(async () => {
        await visit('pricing')
        expect(await page.locator('#boards').textContent()).not.toBe('3')
      }, 20_000)

      await press('headline')
      await vi.waitFor(async () => {
        await visit()
        expect(await headlines()).toEqual(['Something else altogether.'])
      }, 20_000)
    })
  })

  it('says why when the server cannot start', async () => {
    const why = isThere(cache) ? /flags\.conf|VCL/ : /Is it installed\?/
    await expect(start(`examples/${cache}/server.js`, '--config', 'package.json')).rejects.toThrow(why)
  })
})
