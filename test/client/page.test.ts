// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { readSnapshot, snapshotScript } from '../../src/index.ts'
import { answerTo, useWorld } from '../world.ts'

const world = useWorld()

const evil = '</script><script>oh</script><!--\u2028\u2029&amp;"'

it('a snapshot in a page is data: nothing in it ends the element, and it is read back as it was', async () => {
  world.net.respond = (call) => answerTo(call, { color: evil, [evil]: '<!--<script>' })
  const client = world.client()
  await client.ready({ from: 'network' })
  const script = snapshotScript(client.snapshot())
  expect(script).toMatch(/^<script type="application\/json" id="guidon">[^<]*<\/script>$/)
  document.body.innerHTML = script
  expect(document.body.children).toHaveLength(1)
  expect(readSnapshot()).toEqual(client.snapshot())
})

it('a page without a snapshot, or with half of one, has none', () => {
  document.body.innerHTML = ''
  expect(readSnapshot()).toBeUndefined()
  document.body.innerHTML = '<script type="application/json" id="guidon">{"v":1,</script>'
  expect(readSnapshot()).toBeUndefined()
})
