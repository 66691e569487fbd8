// How often the tabs of one user ask the server while they poll.

import { sleep } from './browser.js'

const TABS = 5
const INTERVAL_MS = 30_000
const TRAITS = { plan: 'scale-up', seats: 25, beta: true }
const SIZE = 100

// Each tab is shown for two and a half minutes and hidden for as long, each a minute after the one before: two or three
// are shown at any time, as in so many windows. A clock that is not real knows nothing of how browsers slow down the
// timers of hidden tabs, so none is hidden for as long as Chromium documents for that: five minutes.
const TURN_S = 300
const SHOWN_S = TURN_S / 2
const LAG_S = TURN_S / TABS
const isShown = (tab, second) => (second + TURN_S - LAG_S * tab) % TURN_S < SHOWN_S

/** When the hour begins, by the clock of the pages, and how long the tabs may take to start: too short for a poll. */
const BEGIN = Date.parse('2026-11-02T09:00:00Z')
const START_MS = 15_000

/**
 * Five tabs of one profile start as nobody, identify and set three traits in one call, each when the last is done, and one
 * tab after the other. Then they poll for an hour by a clock that is not real: it takes all of them one second further, and
 * what is real (network, locks, channels) comes to quiet before the next. So answers take half a second on average.
 */
export const tabHour = ({ begin, firstVisit, api, quick }) => {
  const seconds = quick ? TURN_S : 3_600

  const measure = async (context, name) => {
    const underWay = new Set()
    context.on('request', (request) => underWay.add(request))
    for (const end of ['requestfinished', 'requestfailed']) {
      context.on(end, (request) => underWay.delete(request))
    }
    const quiet = async (ms) => {
      do await sleep(ms)
      while (underWay.size)
    }

    await context.clock.install({ time: BEGIN - START_MS })
    const tabs = []
    // The same address for all, so it is counted together.
    const settings = { tag: `${name}-tab-hour`, script: `${name}-live`, size: SIZE }
    const given = { traits: TRAITS, intervalMs: INTERVAL_MS }
    while (tabs.length < TABS) tabs.push(await begin(context, name, { ...settings, given }))
    for (const { start } of tabs) {
      if ((await start()) !== api.probe(SIZE).value) throw new Error(`${name} has not the right flags`)
    }
    await context.clock.pauseAt(BEGIN)
    await quiet(20)
    const { requests } = tabs[0]
    const before = requests().requests

    for (let second = 0; second < seconds; second++) {
      for (const [i, { show }] of tabs.entries()) {
        // Until now all were shown.
        if (isShown(i, second) === (second === 0 || isShown(i, second - 1))) continue
        await show(isShown(i, second))
        await quiet(20)
      }
      await context.clock.runFor(1_000)
      await quiet(2)
    }
    const { requests: all, preflights } = requests()
    return {
      value: all / TABS / (seconds / 3_600),
      note: `${before} to start with one setTraits() a tab, ${all - before} polls; and ${preflights} preflights`,
    }
  }

  return {
    id: 'tab-hour',
    title: `requests per tab-hour: ${TABS} tabs poll each 30 s for ${seconds / 60} minutes, hidden for half of them`,
    unit: '',
    once: true,
    contestants: ['guidon', 'flagsmith'],
    measure: (name) => firstVisit((context) => measure(context, name)),
  }
}
