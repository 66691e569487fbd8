import { beforeAll, describe, expect, it } from 'vitest'
import { runnable, writeBlocks } from './compose.ts'
import { useNetwork } from './network.ts'
import { run } from './run.ts'

describe('code in the docs, in Node', () => {
  useNetwork()
  let folder: string
  beforeAll(() => {
    folder = writeBlocks('in-node')
  })
  const blocks = runnable.filter(({ isInPage }) => !isInPage)

  it('is found', () => expect(blocks.length).toBeGreaterThan(5))

  it.each(blocks.map((one) => [one.block.where, one] as const))(
    '%s does what it says',
    (_, one) => run(one, folder),
    30_000,
  )
})
