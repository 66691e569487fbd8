import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { composed, configFile, programs, writeBlocks } from './compose.ts'

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('code in the docs', () => {
  let folder: string
  beforeAll(() => {
    folder = writeBlocks('types')
  })

  it.each(programs)(
    'holds for the compiler, against the doors as built: %s',
    (program) => {
      const { stdout } = spawnSync(
        process.execPath,
        [tsc, '-p', join(folder, configFile(program)), '--pretty', 'false'],
        {
          encoding: 'utf8',
        },
      )
      // Said of the page, and not of the module made of it.
      const said = stdout.replace(/^(\S+)\((\d+),/gm, (whole, file, line) => {
        const one = composed.find((one) => one.file === file.replace(`${folder}/`, ''))
        return one ? `${one.block.page}:${one.block.line + Number(line) - 1 - one.before} (` : whole
      })
      expect(said).toBe('')
    },
    120_000,
  )
})
