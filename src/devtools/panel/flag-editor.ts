import type { FlagValue, Row } from '../../model/flag.ts'
import { jsonIn } from '../words.ts'
import { button, h, set, write } from './dom.ts'

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

/** An input for a value of a type, and what it says. */
interface Field {
  readonly node?: HTMLElement
  /** @throws Error why it is none of this type, in words. */
  read(): FlagValue
}

/** @param attributes of the input itself */
const fieldOf = (type: Type, value: FlagValue, attributes: Readonly<Record<string, unknown>>): Field => {
  const text = value === null ? '' : `${value}`
  if (type === 'no value') return { read: () => null }
  if (type === 'boolean') {
    const input = h('input', { ...attributes, type: 'checkbox', role: 'switch', class: 'switch' })
    const word = h('span')
    const say = () => write(word, `${input.checked}`)
    input.addEventListener('input', say)
    input.checked = value === true
    say()
    return { node: h('label', { class: 'switch-label' }, input, word), read: () => input.checked }
  }
  if (type === 'number') {
    const input = h('input', { ...attributes, type: 'number', step: 'any' })
    input.value = Number.isFinite(Number(text)) ? text : ''
    return {
      node: input,
      read() {
        if (!Number.isFinite(input.valueAsNumber)) throw new Error('This is no number.')
        return input.valueAsNumber
      },
    }
  }
  const isJson = type === 'JSON'
  const input = h('textarea', { ...attributes, spellcheck: 'false', rows: isJson ? 6 : 2 })
  const json = isJson && jsonIn(text)
  input.value = json ? JSON.stringify(json, null, 2) : text
  return {
    node: input,
    read() {
      try {
        if (isJson) JSON.parse(input.value)
      } catch (error) {
        throw new Error(`This is no JSON: ${(error as Error).message}`)
      }
      return input.value
    },
  }
}

/**
 * The form in which a flag is overridden.
 *
 * @param override `undefined` removes the override
 */
export const flagEditor = (
  name: string,
  [isOn, value]: Row,
  isOverridden: boolean,
  override: (row: Row | undefined) => void,
): readonly HTMLElement[] => {
  let field: Field
  /** What nobody touches stays as it was written: JSON is shown in other lines. */
  let isTouched = false

  const submit = () => {
    let next = value
    try {
      if (isTouched) next = field.read()
    } catch (error) {
      return complain((error as Error).message)
    }
    override([enabled.checked, next])
  }
  const complain = (wrong: string) => {
    write(complaint, wrong)
    const input = place.querySelector('[data-key]')
    if (input) set(input, 'aria-invalid', !!wrong && 'true')
  }
  const touch = () => {
    isTouched = true
    // Who is told at each key that it is not JSON yet hears nothing else.
    complain('')
  }
  const show = () => {
    field = fieldOf(type.value as Type, value, {
      'data-key': 'value',
      'aria-label': `Value of ${name || 'the flag without a name'}`,
      'aria-describedby': 'guidon-complaint',
      oninput: touch,
    })
    place.replaceChildren(...(field.node ? [field.node] : []))
  }

  const enabled = h('input', {
    type: 'checkbox',
    role: 'switch',
    class: 'switch',
    'data-key': 'enabled',
    onchange: submit,
  })
  enabled.checked = isOn
  const type = h(
    'select',
    {
      'aria-label': 'Type of the value',
      'data-key': 'type',
      onchange() {
        show()
        touch()
      },
    },
    ...TYPES.map((name) => h('option', {}, name)),
  )
  type.value = typeOf(value)
  const place = h('div', { class: 'place' })
  const complaint = h('p', { class: 'complaint', id: 'guidon-complaint', role: 'alert' })
  show()

  return [
    h('h4', {}, isOverridden ? 'Overridden in this browser' : 'Override in this browser'),
    h(
      'form',
      {
        novalidate: true,
        onsubmit(event: Event) {
          event.preventDefault()
          submit()
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
        isOverridden && button('Remove override', () => override(undefined), { 'data-key': 'remove' }),
      ),
    ),
  ]
}
