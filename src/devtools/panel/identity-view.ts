import { newGuid } from '../../privacy/guid.ts'
import { type Waiting, waitingOf } from '../device.ts'
import type { Watch } from '../watch.ts'
import { clockTime, plain } from '../words.ts'
import { button, h, note, renew, table, tag } from './dom.ts'
import type { View } from './view.ts'

const MASK = '••••••'

export const identityView = (watch: Watch): View => {
  const { client, inside } = watch
  /** What somebody asked to see, of this user. */
  const revealed = new Set<string>()
  let who: string | undefined
  let waiting: readonly Waiting[] = []

  const person = h('div', { tabindex: -1 })
  const traits = h('div', { tabindex: -1 })
  const outbox = h('div')
  const guards = h('div')

  const become = async (act: () => Promise<void>, done: string) => {
    try {
      await act()
      watch.say(done)
    } catch (error) {
      watch.say(`${plain(error as Error)}.`)
    }
  }
  const id = h('input', {
    'aria-label': 'Become another identity',
    placeholder: 'A GUID',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
  })
  const form = h(
    'form',
    {
      class: 'line',
      onsubmit: (event: Event) => {
        event.preventDefault()
        const asked = id.value.trim()
        if (asked) become(() => client.identify(asked), 'Somebody else now, with flags of their own.')
      },
    },
    id,
    button('New GUID', () => {
      id.value = newGuid()
    }),
    h('button', { type: 'submit', class: 'main' }, 'Become'),
    button('Log out', () => become(() => client.reset(), 'Logged out.')),
  )

  /** A value that is hidden until it is asked for. */
  const masked = (key: string, of: string, what: string) =>
    revealed.has(key)
      ? h('span', { class: 'masked' }, h('code', {}, of), toggle(key, 'Hide', what))
      : h(
          'span',
          { class: 'masked' },
          h('span', { 'aria-label': 'hidden', role: 'img' }, MASK),
          toggle(key, 'Show', what),
        )
  const toggle = (key: string, verb: string, what: string) =>
    button(
      verb,
      () => {
        if (!revealed.delete(key)) revealed.add(key)
        draw()
      },
      { class: 'quiet', 'aria-label': `${verb} ${what}`, 'data-key': `mask ${key}` },
    )

  /** What the device has of the outbox comes later. */
  const ask = async () => {
    waiting = await waitingOf(inside)
    drawOutbox()
  }
  const drawOutbox = () => {
    const count = client.pending
    renew(outbox, [count, waiting], () => [
      h('h3', {}, 'Outbox'),
      count === 0 && waiting.length === 0
        ? note('No trait write waits for the server.')
        : table(
            ['Trait', 'Value', 'For', 'Since'],
            waiting.map(({ identity, key, value, at }) => [
              h('code', {}, key),
              h('code', {}, value === null ? 'to be removed' : `${value}`),
              identity === client.identity ? 'this user' : h('code', {}, `${identity.slice(0, 8)}…`),
              clockTime(at),
            ]),
          ),
    ])
  }

  const draw = () => {
    const now = inside.identity()
    if (now?.id !== who) revealed.clear()
    who = now?.id
    const shows = [...revealed]
    renew(person, [now, shows], () => [
      h('h3', {}, 'Identity'),
      now
        ? h(
            'p',
            { class: 'who' },
            now.transient ? masked('', now.id, 'the identity') : h('code', {}, now.id),
            tag(now.transient ? 'transient' : 'persistent'),
          )
        : h('p', {}, 'Nobody: these are the flags of the environment.'),
    ])
    const all = Object.entries(client.traits())
    renew(traits, [all, shows], () => [
      h('h3', {}, 'Traits set by this app'),
      all.length
        ? table(
            ['Trait', 'Value', 'Kept'],
            all.map(([key, input]) => {
              const isTransient = typeof input === 'object'
              const text = `${isTransient ? input?.value : input}`
              return [
                h('code', {}, key),
                isTransient ? masked(`trait ${key}`, text, `the value of ${key}`) : h('code', {}, text),
                tag(isTransient ? 'transient' : 'persistent'),
              ]
            }),
          )
        : note('None. Which traits the server has besides is not asked.'),
    ])
    drawOutbox()
    ask()
    renew(guards, watch.story.guards, () => [
      h('h3', {}, 'Guards'),
      watch.story.guards.length
        ? table(
            ['What', 'Looks', 'So'],
            watch.story.guards.map(({ subject, key, kind, action }) => [
              key === undefined ? subject : h('span', {}, `${subject} `, h('code', {}, key)),
              kind,
              action,
            ]),
          )
        : note('They had nothing to say since the inspector is here.'),
    ])
  }

  return {
    id: 'identity',
    title: 'Identity',
    node: h(
      'div',
      { class: 'page columns' },
      h('div', {}, person, form, outbox),
      h('div', {}, traits, guards),
    ),
    draw,
  }
}
