// @vitest-environment happy-dom
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { App, Component } from 'vue'
import { compileScript, parse } from 'vue/compiler-sfc'
import type { Client } from '../../src/index.ts'
import { answerTo, calm, useWorld } from '../world.ts'
import { BLOCKS } from './pages.ts'

/** A component as a bundler's plugin makes it, with Vue and the door in it. */
const compiled = async (code: string) => {
  const { descriptor } = parse(code)
  const { content } = compileScript(descriptor, { id: 'docs', inlineTemplate: true })
  const { outputFiles } = await build({
    stdin: {
      contents: `${content}
        export { guidon } from './dist/vue.js'
        export { createApp } from 'vue'`,
      loader: 'ts',
      resolveDir: '.',
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'block',
    conditions: ['browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return new Function(`${outputFiles[0]?.text}; return block`)() as {
    default: Component
    guidon(client: Client): never
    createApp(component: Component): App
  }
}

describe('components in the docs', () => {
  const world = useWorld()
  const blocks = BLOCKS.filter(({ language }) => language === 'vue')

  it.each(blocks.map((block) => [block.where, block] as const))(
    '%s shows flags, and those that change',
    async (_, { code }) => {
      let values: Record<string, unknown> = { 'font-size': 20, theme: 'dark' }
      world.net.respond = (call) => answerTo(call, values)
      const flags = world.client()
      await flags.ready({ from: 'network' })
      const { default: Root, createApp, guidon } = await compiled(code)
      const app = createApp(Root).use(guidon(flags))
      app.mount(document.body)
      expect(document.body.innerHTML).toContain('font-size: 20px')
      expect(document.body.textContent).toContain('Nine fields')
      values = { ...values, 'new-checkout': true }
      await flags.refresh()
      await calm()
      expect(document.body.textContent).toContain('One click')
      app.unmount()
    },
    30_000,
  )
})
