// The start-up timeline: a flag is planted on a time axis when defaults, storage and network arrive.
import { byId, element, place } from './element.js'
import { duration, plural } from './format.js'

const FIRST_MS = 0.1
const FRAME_MS = 1_000 / 60

/**
 * @typedef {{ ms?: number, note: string, state: 'arrived' | 'waiting' | 'nothing' | 'failed' }} Arrival
 * @param {{ readable: { ms: number, source: string }, lanes: Record<string, Arrival> }} story
 */
export const drawTimeline = ({ readable, lanes }) => {
  const latest = Math.max(1_000, ...Object.values(lanes).map(({ ms = 0 }) => ms))
  const limit = 10 ** Math.ceil(Math.log10(latest))
  // Half a millisecond and half a minute on one axis: each tenfold gets the same room.
  const position = (ms) => {
    const share = Math.log10(Math.max(ms, FIRST_MS) / FIRST_MS) / Math.log10(limit / FIRST_MS)
    return `${(share * 100).toFixed(2)}%`
  }

  byId('lanes').replaceChildren(
    ...Object.entries(lanes).map(([name, arrival]) => lane(name, arrival, position, readable.ms)),
  )

  const ticks = []
  for (let ms = FIRST_MS; ms <= limit * 1.01; ms *= 10) {
    const label = ms < 1_000 ? String(Number(ms.toPrecision(1))) : `${Math.round(ms / 1_000)} s`
    ticks.push(place(element('span', { class: 'tick' }, label), '--at', position(ms)))
  }
  ticks.push(place(element('span', { class: 'tick frame' }, 'one frame'), '--at', position(FRAME_MS)))
  byId('axis').replaceChildren(...ticks)

  byId('start-up-summary').replaceChildren(
    'The first flag was readable after ',
    element('strong', {}, duration(readable.ms)),
    `, from ${readable.source}. `,
    ...networkSentence(lanes.network),
  )
}

const networkSentence = ({ ms, note, state }) =>
  state === 'waiting'
    ? ['The network has not answered yet.']
    : state === 'failed'
      ? [`The network gave no flags: ${note}.`]
      : ['The network answered after ', element('strong', {}, duration(ms)), `: ${note}.`]

const lane = (name, { ms, note, state }, position, readableMs) => {
  const at = position(ms ?? 0)
  const track = element(
    'span',
    { class: 'track', 'aria-hidden': true },
    place(element('span', { class: 'readable' }), '--at', position(readableMs)),
    place(element('span', { class: 'bar' }), '--at', state === 'waiting' ? '100%' : at),
    (state === 'arrived' || state === 'failed') && place(element('span', { class: 'planted' }), '--at', at),
  )
  return element(
    'li',
    { 'data-source': name, 'data-state': state },
    element('span', { class: 'lane-name' }, name),
    track,
    element('span', { class: 'lane-time' }, ms === undefined ? '–' : duration(ms)),
    element('span', { class: 'lane-note' }, note),
  )
}

/** How many flags came, in words. */
export const flagsCame = (count, changed) =>
  changed === 0
    ? `${plural(count, 'flag')}, none of them new`
    : `${plural(count, 'flag')}, ${changed} new or different`
