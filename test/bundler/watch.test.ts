import { join } from 'node:path'
import esbuild from 'esbuild'
import { watch } from 'rollup'
import * as vite from 'vite'
import { expect, it, vi } from 'vitest'
import webpack from 'webpack'
import * as guidon from '../../src/bundler.ts'
import { builtByWebpack, loggerOf, webpackConfig } from './bundlers.ts'
import { afterwards, appFolder, fileOf, found, goneServer, serving } from './world.ts'

const FILE = 'guidon.flags.json'
const MODULE = 'virtual:guidon/defaults'

vi.setConfig({ testTimeout: 60_000 })

/** Saves the file until somebody has seen it: a watcher needs a moment before it sees anything. */
const savedUntil = (save: () => void, isSeen: () => boolean) =>
  vi.waitFor(
    () => {
      save()
      if (!isSeen()) throw new Error('nobody has seen the file')
    },
    { timeout: 30_000, interval: 250 },
  )

/** By bundler: builds `app.js` again whenever a file changes, and tells what the app finds. */
const WATCHERS: Record<
  string,
  (root: string, options: guidon.BundlerOptions, tell: (code: string) => void) => void
> = {
  Rollup(root, options, tell) {
    const watcher = watch({
      input: join(root, 'app.js'),
      plugins: [guidon.rollup({ ...options, flags: join(root, FILE), types: false })],
      output: { format: 'iife', file: join(root, 'out.js') },
    })
    watcher.on('event', async (event) => {
      if (event.code === 'ERROR') throw event.error
      if (event.code !== 'BUNDLE_END') return
      const { output } = await event.result.generate({ format: 'iife' })
      await event.result.close()
      tell(output[0].code)
    })
    afterwards(() => watcher.close())
  },

  Vite(root, options, tell) {
    const watching = vite.build({
      root,
      configFile: false,
      logLevel: 'warn',
      customLogger: loggerOf([]),
      plugins: [
        guidon.vite(options),
        {
          name: 'tell',
          writeBundle: (_, output) => tell((Object.values(output)[0] as { code: string }).code),
        },
      ],
      build: { watch: {}, rolldownOptions: { input: join(root, 'app.js') } },
    })
    afterwards(async () => ((await watching) as { close(): Promise<void> }).close())
  },

  webpack(root, options, tell) {
    const compiler = webpack(webpackConfig(root, options))!
    const watching = compiler.watch({ aggregateTimeout: 5 }, () => tell(builtByWebpack(root)))
    afterwards(() => new Promise((resolve) => watching!.close(resolve)))
  },

  async esbuild(root, options, tell) {
    const context = esbuild.context({
      absWorkingDir: root,
      entryPoints: ['app.js'],
      bundle: true,
      write: false,
      logLevel: 'silent',
      plugins: [
        guidon.esbuild(options),
        { name: 'tell', setup: ({ onEnd }) => onEnd(({ outputFiles }) => tell(outputFiles![0]!.text)) },
      ],
    })
    afterwards(async () => (await context).dispose())
    await (await context).watch()
  },
}

it.each(Object.entries(WATCHERS))(
  '%s builds again with what somebody wrote into the file, and asks no second time',
  async (_, start) => {
    const { asked, options } = await serving({ title: 'Of the server' })
    const { root, write } = appFolder({ [FILE]: fileOf({ title: 'As it was' }) })
    const titles: unknown[] = []
    start(root, options, (code) => titles.push(found(code).title))
    await vi.waitFor(() => expect(titles).toEqual(['Of the server']), { timeout: 30_000 })
    await savedUntil(
      () => write(FILE, fileOf({ title: 'New' })),
      () => titles.includes('New'),
    )
    expect(asked).toHaveLength(1)
  },
)

/** A dev server, and what it tells the pages that are open. */
const devServer = async (root: string, options: guidon.BundlerOptions) => {
  const warnings: string[] = []
  const server = await vite.createServer({
    root,
    configFile: false,
    logLevel: 'warn',
    customLogger: loggerOf(warnings),
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    plugins: [guidon.vite(options)],
  })
  afterwards(() => server.close())
  const { client } = server.environments
  const told: string[] = []
  vi.spyOn(client.hot, 'send').mockImplementation((payload: unknown) => {
    told.push((payload as { type: string }).type)
  })
  return { server, told, warnings, text: async () => (await client.transformRequest(MODULE))?.code ?? '' }
}

it('Vite’s dev server starts from the file, asks nobody, and reloads pages when the file changes', async () => {
  const { asked, options } = await serving({ title: 'Of the server' })
  const { root, write, text: read } = appFolder({ [FILE]: fileOf({ title: 'As it was' }) })
  const { server, told, text } = await devServer(root, options)
  await server.environments.client.transformRequest('/app.js')
  expect(await text()).toContain('As it was')
  await savedUntil(
    () => write(FILE, fileOf({ title: 'New', size: 16 })),
    () => told.includes('full-reload'),
  )
  expect(await text()).toContain('New')
  expect(read('guidon.d.ts')).toContain('"size": number')
  expect(asked).toEqual([])
})

it('Vite’s dev server asks where there is no file yet, and again after a failure', async () => {
  const { options } = await serving({ title: 'Of the server' })
  const { text } = await devServer(appFolder().root, options)
  expect(await text()).toContain('Of the server')

  const gone = await goneServer()
  const { text: failing } = await devServer(appFolder().root, gone)
  await expect(failing()).rejects.toThrow('does not answer (ECONNREFUSED). There is no file')
  const answer = [{ feature: { id: 1, name: 'title' }, enabled: true, feature_state_value: 'Up again' }]
  const up = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(answer))
  afterwards(() => up.mockRestore())
  expect(await failing()).toContain('Up again')
})

it('Vite builds for the client and for a server with one request', async () => {
  const { asked, options } = await serving({ title: 'Hi' })
  const { root } = appFolder()
  const builder = await vite.createBuilder({
    root,
    configFile: false,
    logLevel: 'warn',
    customLogger: loggerOf([]),
    plugins: [guidon.vite(options)],
    builder: {},
    environments: {
      client: { build: { write: false, rolldownOptions: { input: join(root, 'app.js') } } },
      ssr: { build: { write: false, rolldownOptions: { input: join(root, 'app.js') } } },
    },
  })
  const codes: string[] = []
  for (const environment of Object.values(builder.environments)) {
    const built = (await builder.build(environment)) as { output: { code: string }[] }
    codes.push(built.output[0]!.code.replace('export {}', ''))
  }
  expect(codes.map(found)).toEqual([{ title: 'Hi' }, { title: 'Hi' }])
  expect(asked).toHaveLength(1)
})

it('webpack takes no flags out of a cache on the disk', async () => {
  const { options, set } = await serving({ title: 'Hi' })
  const { root } = appFolder()
  const build = async () => {
    const compiler = webpack(
      webpackConfig(root, options, { cache: { type: 'filesystem', cacheDirectory: join(root, 'cache') } }),
    )!
    await new Promise((resolve) => compiler.run(resolve))
    await new Promise((resolve) => compiler.close(resolve))
    return found(builtByWebpack(root))
  }
  expect(await build()).toEqual({ title: 'Hi' })
  set('title', { feature_state_value: 'Hello' })
  vi.setSystemTime(Date.now() + 660_000)
  afterwards(() => vi.useRealTimers())
  expect(await build()).toEqual({ title: 'Hello' })
})
