import { expect, it } from 'vitest'
import { guidonInspector, inspector } from '../../src/devtools.ts'
import { ada, useWorld } from '../world.ts'

const world = useWorld()

it('does nothing where there is no page: no word, no change, and every call can be made', async () => {
  const { fetch } = globalThis
  const flags = world.client({ identity: ada, use: [inspector({ open: true, links: true })] })
  const { isEnabled, refresh } = flags
  const made = guidonInspector(flags)
  made.open()
  expect(made.isOpen).toBe(false)
  made.close()
  made.stop()
  await flags.ready({ from: 'network' })
  expect(flags.value('color', '')).toBe(`of ${ada}`)
  expect([globalThis.fetch, flags.isEnabled, flags.refresh]).toEqual([fetch, isEnabled, refresh])
  flags.close()
})
