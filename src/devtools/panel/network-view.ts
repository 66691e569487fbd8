import { leadOf } from '../lead.ts'
import type { Road } from '../requests.ts'
import type { Watch } from '../watch.ts'
import { age, clockTime, duration, plain } from '../words.ts'
import { button, h, note, renew, table } from './dom.ts'
import type { View } from './view.ts'

const ROADS: readonly (readonly [road: Road, label: string])[] = [
  ['real', 'As it is'],
  ['slow', 'Slow: three seconds more'],
  ['offline', 'Offline'],
]

const STREAM = {
  'none seen': 'none seen since the inspector is here',
  opening: 'opening',
  open: 'open',
  closed: 'closed',
}

export const networkView = (watch: Watch): View => {
  const { client, inside } = watch
  let lead = 'looking'

  const radios = ROADS.map(([road, label]) => {
    const input = h('input', {
      type: 'radio',
      name: 'road',
      onchange: () => {
        watch.road = road
      },
    })
    return { road, input, node: h('label', {}, input, label) }
  })
  const connection = h('div')
  const requests = h('div')

  /** Which tab leads is asked of the browser, which answers later. */
  const ask = async () => {
    lead = await leadOf(inside).catch(() => 'not known')
    drawConnection()
  }
  const drawConnection = () => {
    const { state, error, nextAttemptAt } = client.status
    const facts = {
      Status: error ? `${state}, ${plain(error)}` : state,
      'Flags asked for': Number.isFinite(inside.ageMs())
        ? `${age(inside.ageMs())} ago`
        : 'never: they are bundled',
      ...(nextAttemptAt && { 'Next attempt': `not before ${clockTime(nextAttemptAt)}` }),
      Server: inside.api,
      Browser: navigator.onLine ? 'online' : 'offline',
      'Event stream': STREAM[watch.stream],
      'Extensions run in': lead,
    }
    renew(connection, facts, () => [
      h(
        'dl',
        {},
        ...Object.entries(facts).map(([term, text]) =>
          h('div', {}, h('dt', {}, term), h('dd', {}, `${text}`)),
        ),
      ),
    ])
  }

  const draw = () => {
    for (const { road, input } of radios) input.checked = watch.road === road
    drawConnection()
    ask()
    const longest = Math.max(1, ...watch.requests.map(({ ms = 0 }) => ms))
    renew(requests, watch.requests, () => [
      watch.requests.length
        ? table(
            ['Time', 'Request', 'Because of', 'Outcome', 'Duration'],
            watch.requests.map(({ at, what, why, outcome = 'out', isBad, ms }) => {
              const bar = h('span', { class: 'bar', 'aria-hidden': 'true' })
              bar.style.setProperty('--share', `${((ms ?? 0) / longest) * 100}%`)
              return [
                h('time', {}, clockTime(at)),
                what,
                why,
                h('span', { class: 'outcome', 'data-bad': isBad }, outcome),
                h('span', { class: 'took' }, bar, ms === undefined ? '…' : duration(ms)),
              ]
            }),
          )
        : note('None since the inspector is here.'),
    ])
  }

  return {
    id: 'network',
    title: 'Network',
    node: h(
      'div',
      { class: 'page' },
      h(
        'div',
        { class: 'columns' },
        h('div', {}, h('h3', {}, 'Connection'), connection),
        h(
          'div',
          {},
          h(
            'fieldset',
            { class: 'roads' },
            h('legend', {}, 'Simulate, for this client alone and in this tab'),
            ...radios.map(({ node }) => node),
          ),
          h(
            'p',
            { class: 'buttons' },
            button('Refresh now', () => {
              client.refresh().then(
                () => watch.say('Refreshed.'),
                (error) => watch.say(`${plain(error)}.`),
              )
            }),
          ),
        ),
      ),
      h('h3', {}, 'Requests'),
      requests,
    ),
    draw,
  }
}
