import { build } from 'esbuild'
import type { Client } from '../../src/index.ts'
import { blocksOf } from '../docs/pages.ts'
import { answerTo, calm, useWorld } from '../world.ts'

/** The recipe that stands under a heading of docs/frameworks.md. */
export const textOf = (heading: string): string =>
  blocksOf('docs/frameworks.md').find(({ section }) => section === heading)!.code

/**
 * A recipe as a module: bundled as for a browser, with the client that it calls `flags`. `more` is what the test needs of
 * the framework itself, which has to be the very same.
 */
export const run = async <M>(code: string, flags: Client, more = ''): Promise<M> => {
  const { outputFiles } = await build({
    stdin: { contents: `${code}\n${more}`, loader: 'ts', resolveDir: '.' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'recipe',
    conditions: ['browser'],
  })
  return new Function('flags', `${outputFiles[0]?.text}; return recipe`)(flags)
}

/** A client of a server whose flags can be changed, and that knows how many listen to it. */
export const useShop = () => {
  const world = useWorld()
  let values: Record<string, unknown> = {}
  const shop = {
    listening: 0,
    async open(first: Record<string, unknown>): Promise<Client> {
      values = first
      world.net.respond = (call) => answerTo(call, values)
      shop.listening = 0
      const flags = world.client()
      await flags.ready({ from: 'network' })
      for (const method of ['on', 'onFlag', 'subscribe'] as const) {
        const listen = flags[method] as (...args: unknown[]) => () => void
        flags[method] = (...args: unknown[]) => {
          const stop = listen(...args)
          shop.listening++
          return () => {
            shop.listening--
            stop()
          }
        }
      }
      return flags
    },
    async change(flags: Client, next: Record<string, unknown>): Promise<void> {
      values = next
      await flags.refresh()
      await calm()
    },
  }
  return shop
}
