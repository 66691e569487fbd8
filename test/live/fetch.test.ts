import { afterEach, describe, expect, it, vi } from 'vitest'
import { createEdge } from '../../src/edge.ts'
import { realtime } from '../../src/live.ts'
import { colours } from '../chromium/document.ts'
import { ada, calm, until, useWorld } from '../world.ts'

describe('realtime over the fetch of Node, which has no EventSource', () => {
  const world = useWorld()
  afterEach(() => void vi.mocked(Math.random).mockRestore())
  const streams = () => world.net.calls.filter(({ url }) => url.pathname.startsWith('/sse/')).length

  it('hears of each change, finds the server again after a restart, and ends without a word', async () => {
    expect(globalThis.EventSource).toBeUndefined()
    vi.spyOn(Math, 'random').mockReturnValue(0) // no wait before it reconnects
    let edge = createEdge({ document: colours() })
    world.net.serve({ handler: (request) => edge.handler(request) })
    const flags = world.client({ identity: ada, use: [realtime()] })
    await flags.ready({ from: 'network' })
    await until(() => streams() === 1)
    await calm()

    edge.replace(colours(' anew'))
    await until(() => flags.value('colour', '') === 'of ada anew', 'the change')

    edge.close()
    edge = createEdge({ document: colours(' restarted') })
    await until(() => flags.value('colour', '') === 'of ada restarted', 'the change after the restart')
    expect(streams()).toBe(2)

    flags.close()
    await calm()
    edge.replace(colours(' unheard'))
    await calm()
    expect(flags.value('colour', '')).toBe('of ada restarted')
    edge.close()
  })
})
