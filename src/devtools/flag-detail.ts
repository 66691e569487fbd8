import type { Flag, FlagValue } from '../model/flag.ts'
import { button, h, renew, set, tag, write } from './dom.ts'
import type { Watch } from './watch.ts'
import { age, clockTime, jsonIn, shown } from './words.ts'

export interface FlagDetail {
  readonly node: HTMLElement
  show(name: string | undefined): void
  /** Where somebody begins who comes from the list. */
  focus(): void
}

const TYPES = ['text', 'number', 'boolean', 'JSON', 'no value'] as const
type Type = (typeof TYPES)[number]

const typeOf = (value: FlagValue): Type =>
  value === null
    ? 'no value'
    : typeof value === 'string'
      ? jsonIn(value)
        ? 'JSON'
        : 'text'
      : (typeof value as 'number' | 'boolean')

const FRESH: Flag = { name: '', enabled: true, value: null, source: 'defaults', stale: false }

/** All about one flag, and how to override it. */
export const createFlagDetail = (watch: Watch, onBack: () => void): FlagDetail => {
  const facts = h('div', { class: 'facts' })
  const when = h('p', { class: 'soft' })
  const editor = h('div', { class: 'editor', tabindex: -1 })
  const past = h('div')
  const back = button('Back to the list', onBack, { class: 'back' })
  const node = h(
    'section',
    { class: 'detail', 'aria-label': 'The selected flag' },
    back,
    h('div', { class: 'columns' }, h('div', {}, facts, when), h('div', {}, editor, past)),
  )

  let last: string | undefined
  const show = (name: string | undefined) => {
    node.hidden = name === undefined
    if (name !== last) node.scrollTop = 0
    last = name
    if (name === undefined) return
    const flag = watch.flags()[name]
    const original = watch.original(name)
    const override = watch.overrides.get(name)
    renew(facts, [name, flag, original], () => [
      h('h3', { class: 'name' }, name === '' ? 'empty name' : name),
      h(
        'dl',
        {},
        ...fact('State', flag ? (flag.enabled ? 'on' : 'off') : 'unknown'),
        ...fact('Value', value(flag?.value)),
        ...fact('Source', flag ? tag(flag.source) : 'nobody has it'),
        ...(override && original
          ? fact(
              'Without override',
              h('span', {}, `${original.enabled ? 'on' : 'off'}, `, value(original.value)),
            )
          : override
            ? fact('Without override', 'unknown to the server')
            : []),
        ...fact('Variant', original?.variant),
        ...fact('Reason', original && (original.reason ?? 'not told')),
        ...(original?.next
          ? fact(
              'At the next start',
              h('span', {}, `${original.next.enabled ? 'on' : 'off'}, `, value(original.next.value)),
            )
          : []),
      ),
    ])
    const ageMs = watch.inside.ageMs()
    write(
      when,
      original
        ? original.source === 'defaults'
          ? 'Bundled with the app: no age is known.'
          : `${original.stale ? 'Stale: a' : 'A'}sked for ${age(ageMs)} ago.`
        : '',
    )
    renew(editor, [name, override, override ? 0 : flag], () => edit(name, flag ?? FRESH, !!override))
    const changes = watch.story.entries.flatMap((entry) =>
      entry.changes
        .filter((change) => change.name === name)
        .map((change) => ({ ...change, at: entry.at, kind: entry.kind })),
    )
    renew(past, [name, changes], () =>
      changes.length
        ? [
            h('h4', {}, 'Changes seen'),
            h(
              'ol',
              { class: 'past' },
              ...changes
                .slice(0, 20)
                .map(({ at, kind, before, after }) =>
                  h(
                    'li',
                    {},
                    h('time', {}, clockTime(at)),
                    tag(kind),
                    h(
                      'span',
                      {},
                      h('code', {}, before ?? 'unknown'),
                      ' → ',
                      h('code', {}, after ?? 'unknown'),
                    ),
                  ),
                ),
            ),
          ]
        : [],
    )
  }

  const edit = (name: string, flag: Flag, isOverridden: boolean) => {
    const label = name || 'the flag without a name'
    const enabled = h('input', {
      type: 'checkbox',
      role: 'switch',
      class: 'switch',
      'data-key': 'enabled',
      onchange: () => watch.override(name, [enabled.checked, flag.value]),
    })
    enabled.checked = flag.enabled
    const type = h(
      'select',
      { 'aria-label': 'Type of the value', 'data-key': 'type', onchange: () => ask(true) },
      ...TYPES.map((name) => h('option', {}, name)),
    )
    type.value = typeOf(flag.value)
    const place = h('div', { class: 'place' })
    const complaint = h('p', { class: 'complaint', id: 'guidon-complaint', role: 'alert' })
    /** What was typed, or why it will not do. */
    let read: () => FlagValue = () => null

    /** The input for a type. */
    const ask = (isNew: boolean) => {
      const asked = type.value as Type
      const common = { 'data-key': 'value', 'aria-label': `Value of ${label}`, oninput: check }
      const text = flag.value === null ? '' : `${flag.value}`
      if (asked === 'boolean') {
        const input = h('input', { ...common, type: 'checkbox', role: 'switch', class: 'switch' })
        const word = h('span', {}, '')
        const say = () => write(word, `${input.checked}`)
        input.addEventListener('input', say)
        input.checked = flag.value === true
        say()
        read = () => input.checked
        place.replaceChildren(h('label', { class: 'switch-label' }, input, word))
      } else if (asked === 'no value') {
        read = () => null
        place.replaceChildren()
      } else if (asked === 'number') {
        const input = h('input', { ...common, type: 'number', step: 'any' })
        input.value = Number.isFinite(Number(text)) ? text : ''
        read = () => {
          if (input.value === '' || !Number.isFinite(input.valueAsNumber))
            throw new Error('This is no number.')
          return input.valueAsNumber
        }
        place.replaceChildren(input)
      } else {
        const input = h('textarea', { ...common, spellcheck: 'false', rows: asked === 'JSON' ? 6 : 2 })
        const json = asked === 'JSON' ? jsonIn(text) : undefined
        input.value = json ? JSON.stringify(json, null, 2) : text
        read = () => {
          if (asked === 'text') return input.value
          try {
            JSON.parse(input.value)
          } catch (error) {
            throw new Error(`This is no JSON: ${(error as Error).message}`)
          }
          return input.value
        }
        place.replaceChildren(input)
      }
      write(complaint, '')
      if (isNew) place.querySelector<HTMLElement>('[data-key]')?.focus()
    }
    const check = () => {
      let wrong = ''
      try {
        read()
      } catch (error) {
        wrong = (error as Error).message
      }
      write(complaint, wrong)
      const input = place.querySelector('[data-key]')
      if (input) {
        set(input, 'aria-invalid', wrong && 'true')
        set(input, 'aria-describedby', wrong && 'guidon-complaint')
      }
      return !wrong
    }
    ask(false)

    return [
      h('h4', {}, isOverridden ? 'Overridden in this browser' : 'Override in this browser'),
      h(
        'form',
        {
          novalidate: true,
          onsubmit: (event: Event) => {
            event.preventDefault()
            if (check()) watch.override(name, [enabled.checked, read()])
          },
        },
        h('label', { class: 'switch-label' }, enabled, h('span', {}, 'On')),
        h('div', { class: 'pair' }, h('span', { class: 'soft' }, 'Value'), type),
        place,
        complaint,
        h(
          'p',
          { class: 'buttons' },
          h(
            'button',
            { type: 'submit', class: 'main', 'data-key': 'override' },
            isOverridden ? 'Change' : 'Override',
          ),
          isOverridden &&
            button('Remove override', () => watch.override(name, undefined), { 'data-key': 'remove' }),
        ),
      ),
    ]
  }

  return { node, show, focus: () => editor.querySelector<HTMLElement>('[data-key=enabled]')?.focus() }
}

const fact = (term: string, of: Node | string | undefined) =>
  of === undefined ? [] : [h('div', {}, h('dt', {}, term), h('dd', {}, of))]

/** A value, to be read at leisure. */
const value = (of: FlagValue | undefined): Node => {
  if (of === undefined) return h('i', {}, 'unknown')
  if (of === null || of === '') return h('i', {}, shown(of))
  const json = jsonIn(of)
  return json
    ? h('pre', { tabindex: 0, 'aria-label': 'JSON' }, JSON.stringify(json, null, 2))
    : h('code', { class: 'full', 'data-type': typeof of }, `${of}`)
}
