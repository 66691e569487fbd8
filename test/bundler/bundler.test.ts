import { describe, expect, it, vi } from 'vitest'
import { BUNDLERS } from './bundlers.ts'
import { afterwards, appFolder, fileOf, found, goneServer, KEY, serving } from './world.ts'

const FILE = 'guidon.flags.json'
/** Values that would end a script, a line or a text if they were let. */
const NASTY = `</script><!-- ' " \\ \` \${x} \u2028 \u2029 ü`

vi.setConfig({ testTimeout: 60_000 })

describe.each(Object.entries(BUNDLERS))('an app built by %s', (_, build) => {
  it('starts from the flags of the server, which was asked once, and has no key in it', async () => {
    const { asked, options } = await serving({ title: 'Hi', size: 16 })
    const { root, text, has } = appFolder()
    const { code, warnings } = await build(root, options)
    expect(found(code)).toEqual({ title: 'Hi', size: 16 })
    expect(code).not.toContain(KEY)
    expect(code).not.toContain(new URL(options.api).host)
    expect({ asked, warnings }).toEqual({ asked: ['GET /api/v1/flags/'], warnings: [] })
    expect(text('guidon.d.ts')).toContain('"size": number')
    expect(has(FILE)).toBe(false)
  })

  it('starts from the checked-in file, with a warning, when the server does not answer', async () => {
    const options = await goneServer()
    const { root, text } = appFolder({ [FILE]: fileOf({ title: 'From the file' }) })
    const before = text(FILE)
    const { code, warnings } = await build(root, options)
    expect(found(code)).toEqual({ title: 'From the file' })
    expect(code).not.toContain(KEY)
    expect(warnings).toEqual([
      expect.stringContaining(`${options.api} does not answer (ECONNREFUSED). Built from ${FILE}.`),
    ])
    expect(text(FILE)).toBe(before)
  })

  it('is not built, with one line that says why, without server and file', async () => {
    const options = await goneServer()
    const { root } = appFolder()
    const line = `${options.api} does not answer (ECONNREFUSED). There is no file ${FILE} to build from. \`guidon pull\` writes it.`
    const error: Error = await build(root, options).then(
      () => new Error('It was built.'),
      (error) => error,
    )
    expect(error.message).toContain(line)
    expect(`${error.message}${error.stack}`).not.toContain('src/bundler/')
    await expect(build(root)).rejects.toThrow(`There is no file ${FILE} to build from.`)
  })

  it('is not built from a file that is none of flags', async () => {
    await expect(build(appFolder({ [FILE]: '{' }).root)).rejects.toThrow(
      /guidon\.flags\.json is no file of flags \(/,
    )
    await expect(build(appFolder({ [FILE]: '{"flags":[1]}' }).root)).rejects.toThrow(
      'is no file of flags. `guidon pull`',
    )
  })

  it('has no flag in it that is left out', async () => {
    const { options } = await serving({ title: 'Hi', 'secret-project': 'a new car' })
    const { root, text } = appFolder()
    const { code, warnings } = await build(root, { ...options, omit: ['secret-project'] })
    expect(found(code)).toEqual({ title: 'Hi' })
    expect(code).not.toMatch(/secret|car/)
    expect(warnings).toEqual([])
    // Code that is being written may use it.
    expect(text('guidon.d.ts')).toContain('"secret-project": string')
  })

  it('has whatever a flag may be called and hold', async () => {
    const values = { ['__proto__']: 1, nasty: NASTY, [NASTY]: 'x', 10: 'ten', 9: 'nine' }
    const { options } = await serving(values)
    const { code } = await build(appFolder().root, options)
    expect(Object.entries(found(code)).sort()).toEqual(Object.entries(values).sort())
    expect(code).not.toMatch(/<|\u2028|\u2029/)
  })

  it('is the same, to the byte, from the same flags', async () => {
    const { options } = await serving({ b: 1, a: 2 })
    const { root } = appFolder()
    const first = await build(root, options)
    vi.setSystemTime('2099-01-01')
    afterwards(() => vi.useRealTimers())
    expect(await build(root, options)).toEqual(first)
    const { root: other } = appFolder({ [FILE]: fileOf({ a: 2, b: 1 }) })
    expect((await build(other)).code).toBe(first.code)
  })

  it('has nothing of it where nobody uses it', async () => {
    const { root, write } = appFolder({ [FILE]: fileOf({ title: 'Hi' }) })
    write('app.js', "import defaults from 'virtual:guidon/defaults'\nglobalThis.found = 1\n")
    expect((await build(root)).code).not.toContain('Hi')
  })
})
