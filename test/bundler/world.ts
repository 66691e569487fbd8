import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { noAnswer } from '../../src/edge/answer.ts'
import type { Defaults, FlagValue } from '../../src/index.ts'
import { documentOf } from '../chromium/document.ts'
import { emptyFolder } from '../cli/folder.ts'
import { served } from '../served.ts'

/** What asks for flags here, and what must not be in a bundle. */
export const KEY = 'the-key-that-pulls'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
/** Does this after the test. */
export const afterwards = (end: () => unknown): void => void ends.push(end)

/** Our own server on a port of its own, and what it was asked. */
export const serving = async (values: Record<string, FlagValue>) => {
  const asked: string[] = []
  const edge = served({ ...documentOf(values), api_key: KEY })
  const server = await listen(
    (question) => {
      asked.push(`${question.method} ${question.path}`)
      return edge.answer(question)
    },
    { port: 0 },
  )
  afterwards(() => server.close())
  afterwards(edge.close)
  return { asked, set: edge.set, options: { api: `${server.url}api/v1/`, environmentKey: KEY } }
}

/** The address of a server that is not there any more. */
export const goneServer = async () => {
  const { url, close } = await listen(() => noAnswer, { port: 0 })
  await close()
  return { api: `${url}api/v1/`, environmentKey: KEY }
}

export const fileOf = (values: Record<string, FlagValue>): string =>
  JSON.stringify({
    environment: KEY,
    flags: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { enabled: true, value }]),
    ),
  })

/** A folder with an app that shows what it was built with. */
export const appFolder = (files: Record<string, string> = {}) => {
  const root = emptyFolder()
  const write = (name: string, text: string) => writeFileSync(join(root, name), text)
  write('app.js', "import defaults from 'virtual:guidon/defaults'\nglobalThis.found = defaults\n")
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    root,
    write,
    has: (name: string) => existsSync(join(root, name)),
    text: (name: string) => readFileSync(join(root, name), 'utf8'),
  }
}

/** What the app finds when it runs: names and values. */
export const found = (code: string): Record<string, FlagValue> => {
  const world = {} as { found: Defaults }
  runInNewContext(code, world)
  return Object.fromEntries(Object.entries(world.found.flags).map(([name, { value }]) => [name, value]))
}
