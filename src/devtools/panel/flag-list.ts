import type { Flag } from '../../model/flag.ts'
import { short, shown } from '../words.ts'
import { h, set, tag, write } from './dom.ts'

/** The height of a row in pixels; the style sheet has the same. */
const ROW = 36
/** So many rows are there above and below what is to be seen, for fast fingers. */
const SPARE = 6

export interface FlagList {
  readonly node: HTMLElement
  /** Shows these, in this order. `selected` may be among them. */
  show(flags: readonly Flag[], selected: string | undefined): void
  focus(): void
}

/** A list of any length, with as many rows in it as are to be seen. */
export const createFlagList = (onSelect: (name: string) => void, onEnter: () => void): FlagList => {
  let flags: readonly Flag[] = []
  /** Where the selected one is; -1 when it is not here. */
  let at = -1
  let frame = 0

  const space = h('div', { role: 'presentation', class: 'space' })
  const node = h(
    'div',
    { class: 'list', role: 'listbox', tabindex: 0, 'aria-label': 'Flags', onscroll: () => plan(), onkeydown },
    space,
  )
  /** The rows that are to be seen, and the selected one where it is not among them. */
  const rows: Row[] = []
  let away: Row | undefined

  const plan = () => {
    if (frame) return
    frame = requestAnimationFrame(() => {
      frame = 0
      draw()
    })
  }

  const draw = () => {
    const height = node.clientHeight
    const first = Math.max(0, Math.floor(node.scrollTop / ROW) - SPARE)
    const last = Math.min(flags.length, Math.ceil((node.scrollTop + height) / ROW) + SPARE)
    const count = Math.max(0, last - first)
    while (rows.length < count) rows.push(makeRow())
    for (const row of rows.splice(count)) row.node.remove()
    // A row stays with its position while that is to be seen: scrolling changes only what comes in.
    for (let position = first; position < last; position++) {
      const row = rows[position % count] as Row
      row.show(flags[position] as Flag, position, flags.length, position === at)
    }
    const isIn = at >= first && at < last
    // The selected one is always there, for screen readers to read.
    if (at >= 0 && !isIn) {
      away ??= makeRow()
      space.append(away.node)
      away.show(flags[at] as Flag, at, flags.length, true)
    } else away?.node.remove()
    set(node, 'aria-activedescendant', at >= 0 && (isIn ? rows[at % count] : away)?.node.id)
  }
  const makeRow = () => {
    const row = createRow((position) => {
      const flag = flags[position]
      if (flag) onSelect(flag.name)
    })
    space.append(row.node)
    return row
  }

  const select = (position: number) => {
    const next = Math.max(0, Math.min(flags.length - 1, position))
    const flag = flags[next]
    if (!flag) return
    onSelect(flag.name)
  }
  const reveal = () => {
    if (at < 0) return
    const top = at * ROW
    if (top < node.scrollTop) node.scrollTop = top
    else if (top + ROW > node.scrollTop + node.clientHeight) node.scrollTop = top + ROW - node.clientHeight
  }
  function onkeydown(event: KeyboardEvent) {
    const page = Math.max(1, Math.floor(node.clientHeight / ROW) - 1)
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: flags.length - 1,
    }
    if (event.key in moves) {
      event.preventDefault()
      select(moves[event.key] as number)
      reveal()
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault()
      onEnter()
    }
  }
  new ResizeObserver(plan).observe(node)

  return {
    node,
    show(next, selected) {
      flags = next
      at = selected === undefined ? -1 : flags.findIndex(({ name }) => name === selected)
      space.style.height = `${flags.length * ROW}px`
      draw()
    },
    focus: () => node.focus(),
  }
}

interface Row {
  readonly node: HTMLElement
  show(flag: Flag, position: number, count: number, isSelected: boolean): void
}

let ids = 0

const createRow = (onSelect: (position: number) => void): Row => {
  let position = 0
  const name = h('span', { class: 'name' })
  const value = h('span', { class: 'value' })
  const on = h('span', { class: 'on' })
  const source = tag('')
  const node = h(
    'div',
    { class: 'row', role: 'option', id: `guidon-row-${ids++}`, onclick: () => onSelect(position) },
    name,
    value,
    on,
    source,
  )
  return {
    node,
    show(flag, at, count, isSelected) {
      position = at
      node.style.transform = `translateY(${at * ROW}px)`
      set(node, 'aria-posinset', at + 1)
      set(node, 'aria-setsize', count)
      set(node, 'aria-selected', `${isSelected}`)
      write(name, flag.name === '' ? 'empty name' : flag.name)
      set(name, 'data-empty', flag.name === '')
      write(value, short(shown(flag.value)))
      set(value, 'data-type', flag.value === null || flag.value === '' ? 'none' : typeof flag.value)
      write(on, flag.enabled ? 'on' : 'off')
      set(on, 'data-on', flag.enabled)
      write(source, flag.source)
      set(source, 'data-kind', flag.source)
      set(node, 'data-overridden', flag.source === 'override')
    },
  }
}
