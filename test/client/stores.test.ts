import { describe, expect, it } from 'vitest'
import { createEdge } from '../../src/edge.ts'
import { colours } from '../chromium/document.ts'
import { ada, calm, useWorld } from '../world.ts'

describe('a client as a store', () => {
  const world = useWorld()
  const answered = async () => {
    const edge = createEdge({ document: colours() })
    world.net.serve(edge)
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    await calm()
    const save = async (version: string) => {
      edge.replace(colours(version))
      await flags.refresh()
      await calm()
    }
    return { flags, save }
  }

  it('keeps the contract of Svelte: it runs at once, whenever flags change, and no more once it is unsubscribed', async () => {
    const { flags, save } = await answered()
    const seen: string[] = []
    const stop = flags.subscribe((client) => seen.push(client.value('colour', '')))
    expect(seen).toEqual(['of ada'])
    await save(' anew')
    expect(seen).toEqual(['of ada', 'of ada anew'])
    await save(' anew')
    expect(seen).toHaveLength(2)
    stop()
    await save(' again')
    expect(seen).toHaveLength(2)
  })

  it('feeds a signal: the value now, and again when it is another', async () => {
    const { flags, save } = await answered()
    // The part of a signal that docs/frameworks.md uses, of whichever library.
    const signal = <T>(value: T) => {
      let now = value
      return {
        get: () => now,
        set: (next: T) => {
          now = next
        },
      }
    }
    const colour = signal(flags.value('colour', ''))
    const end = flags.onFlag('colour', () => colour.set(flags.value('colour', '')))
    expect(colour.get()).toBe('of ada')
    await save(' anew')
    expect(colour.get()).toBe('of ada anew')
    end()
    await save(' again')
    expect(colour.get()).toBe('of ada anew')
  })
})
