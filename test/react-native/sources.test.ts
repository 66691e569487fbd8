import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onlineOf, visibilityOf } from '../../src/react-native/sources.ts'
import { createAppState, createNetInfo } from './device.ts'

describe('AppState as a source', () => {
  it('says that nobody looks in the background, and only there', () => {
    const appState = createAppState()
    const visibility = visibilityOf(appState)
    const seen = ['active', 'inactive', 'background', 'unknown'].map((state) => {
      appState.turn(state)
      return visibility.current()
    })
    expect(seen).toEqual([true, true, false, true])
  })

  it('counts as visible while the bridge has not said yet', () => {
    expect(visibilityOf(createAppState(null)).current()).toBe(true)
  })

  it('tells of going and coming, and not of a look at the control centre', () => {
    const appState = createAppState()
    const told = vi.fn()
    visibilityOf(appState).subscribe(told)
    for (const state of ['inactive', 'active', 'inactive']) appState.turn(state)
    expect(told).toHaveBeenCalledTimes(0)
    appState.turn('background')
    expect(told).toHaveBeenCalledTimes(1)
    appState.turn('inactive')
    appState.turn('active')
    expect(told).toHaveBeenCalledTimes(2)
  })

  it('leaves no listener behind', () => {
    const appState = createAppState()
    const visibility = visibilityOf(appState)
    const stops = [visibility.subscribe(() => {}), visibility.subscribe(() => {})]
    expect(appState.listeners()).toBe(2)
    for (const stop of stops) stop()
    expect(appState.listeners()).toBe(0)
  })
})

describe('NetInfo as a source', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('counts as online until NetInfo says that it is not', () => {
    const netInfo = createNetInfo(null)
    const online = onlineOf(netInfo)
    expect(online.current()).toBe(true)
    online.subscribe(() => {})
    vi.runAllTimers()
    expect(online.current()).toBe(true)
    netInfo.turn(false)
    expect(online.current()).toBe(false)
    netInfo.turn(null)
    expect(online.current()).toBe(true)
  })

  it('tells that an app was started offline', () => {
    const online = onlineOf(createNetInfo(false))
    const told = vi.fn()
    online.subscribe(told)
    vi.runAllTimers()
    expect([online.current(), told.mock.calls]).toEqual([false, [[]]])
  })

  it('tells each listener once of each change, however often NetInfo repeats itself', () => {
    const netInfo = createNetInfo()
    const online = onlineOf(netInfo)
    const told = [vi.fn(), vi.fn()] as const
    for (const listener of told) online.subscribe(listener)
    vi.runAllTimers()
    for (const isConnected of [true, false, false, true, true]) netInfo.turn(isConnected)
    expect(told.map(({ mock }) => mock.calls.length)).toEqual([2, 2])
  })

  it('learns from NetInfo what changed while nobody listened', () => {
    const netInfo = createNetInfo()
    const online = onlineOf(netInfo)
    online.subscribe(() => {})()
    netInfo.turn(false)
    expect(netInfo.listeners()).toBe(0)
    online.subscribe(() => {})
    vi.runAllTimers()
    expect(online.current()).toBe(false)
  })
})
