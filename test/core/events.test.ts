import { describe, expect, it } from 'vitest'
import { createEvents } from '../../src/core/events.ts'
import { GuidonError } from '../../src/model/errors.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('events', () => {
  it('are told in the order of the listeners', async () => {
    const events = createEvents()
    const heard: string[] = []
    events.on('change', (what: string) => heard.push(`1 ${what}`))
    events.on('change', (what: string) => heard.push(`2 ${what}`))
    events.emit('change', 'a')
    await settle()
    expect(heard).toEqual(['1 a', '2 a'])
  })

  it('wait for the listeners that are attached right after creation', async () => {
    const events = createEvents()
    const heard: string[] = []
    events.emit('guard', 'early')
    events.on('guard', (what: string) => heard.push(what))
    await settle()
    expect(heard).toEqual(['early'])
  })

  it('reach every listener when one throws, and tell of the throw as an error', async () => {
    const events = createEvents()
    const heard: unknown[] = []
    events.on('error', (error: GuidonError) => heard.push(error))
    events.on('change', () => {
      throw new Error('mine')
    })
    events.on('change', (what: string) => heard.push(what))
    events.emit('change', 'a')
    await settle()
    expect(heard[0]).toBe('a')
    expect(heard[1]).toBeInstanceOf(GuidonError)
    expect(heard[1]).toMatchObject({ code: 'listener', cause: new Error('mine') })
  })

  it('do not go round in circles when a listener of errors throws', async () => {
    const events = createEvents()
    let calls = 0
    events.on('error', () => {
      calls++
      throw new Error('mine')
    })
    events.emit('error', 'a')
    await settle()
    expect(calls).toBe(1)
  })

  it('are not told to a listener that is off, even when it went off during the telling', async () => {
    const events = createEvents()
    const heard: string[] = []
    events.on('change', () => off())
    const off = events.on('change', () => heard.push('second'))
    events.emit('change', 'a')
    events.emit('change', 'b')
    await settle()
    off()
    expect(heard).toEqual([])
  })

  it('are told in the order they happened, also those that a listener causes', async () => {
    const events = createEvents()
    const heard: string[] = []
    events.on('change', (what: string) => {
      if (what === 'a') events.emit('change', 'b')
    })
    events.on('change', (what: string) => heard.push(what))
    events.emit('change', 'a')
    await settle()
    expect(heard).toEqual(['a', 'b'])
  })

  it('reach a listener that was attached twice twice, and once when one of the two is off', async () => {
    const events = createEvents()
    let calls = 0
    const listener = () => void calls++
    const off = events.on('change', listener)
    events.on('change', listener)
    events.emit('change')
    await settle()
    off()
    off()
    events.emit('change')
    await settle()
    expect(calls).toBe(3)
  })

  it('reach a listener that is attached during the telling only from the next one on', async () => {
    const events = createEvents()
    let calls = 0
    events.on('change', () => {
      events.on('change', () => void calls++)
    })
    events.emit('change')
    await settle()
    expect(calls).toBe(0)
    events.emit('change')
    await settle()
    expect(calls).toBe(1)
  })

  it('may have any name', async () => {
    const events = createEvents()
    const heard: string[] = []
    for (const name of ['__proto__', 'constructor', 'toString', '']) events.on(name, () => heard.push(name))
    for (const name of ['__proto__', 'constructor', 'toString', '']) events.emit(name)
    await settle()
    expect(heard).toEqual(['__proto__', 'constructor', 'toString', ''])
  })
})
