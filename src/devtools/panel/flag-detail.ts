import type { FlagValue, Row } from '../../model/flag.ts'
import type { Watch } from '../watch.ts'
import { age, clockTime, jsonIn, shown } from '../words.ts'
import { button, h, renew, tag, write } from './dom.ts'
import { flagEditor } from './flag-editor.ts'

export interface FlagDetail {
  readonly node: HTMLElement
  show(name: string | undefined): void
  /** Where somebody begins who comes from the list. */
  focus(): void
}

/** How an override of a flag begins that nobody has. */
const FRESH: Row = [true, null]

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
    // What is being typed stays, whatever else of the flag is new.
    const row: Row = flag ? [flag.enabled, flag.value] : FRESH
    renew(editor, [name, row, !override], () =>
      flagEditor(name, row, !!override, (row) => watch.override(name, row)),
    )
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
