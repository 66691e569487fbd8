// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { localStorage } from '../../src/storage/local-storage.ts'
import { testStorage } from './contract.ts'

const page = () => {
  window.localStorage.clear()
  return localStorage()
}

afterEach(() => vi.unstubAllGlobals())

testStorage('localStorage', page, { sync: true })

it('can be made where there is no localStorage, and throws only when used', () => {
  vi.stubGlobal('localStorage', undefined)
  const storage = localStorage()
  expect(() => storage.get('a')).toThrow()
})
