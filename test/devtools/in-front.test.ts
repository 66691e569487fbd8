import { expect, it } from 'vitest'
import { inFront } from '../../src/devtools/in-front.ts'

type Target = { read(name: string): string }

/** Who replaces a method as an extension does: by one that calls the one it found. */
const wrap = (target: Target, mark: string, log: string[]) => {
  const { read } = target
  target.read = (name) => {
    log.push(mark)
    return `${mark}(${read(name)})`
  }
}

it('is in front of who came before and of who comes later, and calls each of them once', () => {
  const log: string[] = []
  const target: Target = { read: (name) => name }
  wrap(target, 'before', log)
  inFront(target, 'read', (below) => (name) => (name === 'mine' ? 'ours' : below(name)))
  wrap(target, 'later', log)
  wrap(target, 'last', log)
  expect(target.read('theirs')).toBe('last(later(before(theirs)))')
  expect(log.splice(0)).toEqual(['last', 'later', 'before'])
  expect(target.read('mine')).toBe('ours')
  expect(log).toEqual([])
})

it('is in front again for a read within a read, and after one that threw', () => {
  const target: Target = {
    read: (name) => {
      if (name === 'bad') throw new Error(name)
      return name === 'outer' ? `outer ${target.read('mine')}` : name
    },
  }
  inFront(target, 'read', (below) => (name) => (name === 'mine' ? 'ours' : below(name)))
  wrap(target, 'later', [])
  expect(() => target.read('bad')).toThrow('bad')
  expect(target.read('outer')).toBe('later(outer ours)')
  expect(target.read('mine')).toBe('ours')
})
