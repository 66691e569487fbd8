import { drawing, h, set, write } from './dom.ts'
import { flagsView } from './flags-view.ts'
import { identityView } from './identity-view.ts'
import { networkView } from './network-view.ts'
import { STYLE } from './style.ts'
import { timelineView } from './timeline-view.ts'
import { toolsView } from './tools-view.ts'
import type { Watch } from './watch.ts'
import { plural } from './words.ts'

/** The element in the page: a button in the corner, or the panel. */
export interface Host {
  readonly isOpen: boolean
  open(): void
  close(): void
  remove(): void
}

const TAG = 'guidon-inspector'
/** The panel is no smaller than this, in pixels, and moves by so much for each key. */
const LEAST = 160
const STEP = 24
const SIZES = { bottom: 400, right: 460 }

const flag = () => drawing(['M4 1.5v13', 'pole'], ['M5 2.5h10l-2.6 3 2.6 3H5z', 'cloth'])

/** A page may have more than one copy of this module. The element is the same in all. */
const define = () => {
  if (customElements.get(TAG)) return
  customElements.define(
    TAG,
    class extends HTMLElement {
      constructor() {
        super()
        this.attachShadow({ mode: 'open' })
      }
    },
  )
}

export const createHost = (watch: Watch, firstDock: 'bottom' | 'right', startsOpen: boolean): Host => {
  define()
  const host = document.createElement(TAG)
  const root = host.shadowRoot as ShadowRoot
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [sheet]

  const views = [
    flagsView(watch),
    timelineView(watch),
    identityView(watch),
    networkView(watch),
    toolsView(watch),
  ]
  let current = views.find(({ id }) => id === watch.panel.tab) ?? views[0]!
  let isOpen = false
  /** Who had the focus before. */
  let before: Element | null = null
  let frame = 0
  let timer: ReturnType<typeof setInterval> | undefined

  // ── The parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const label = h('span')
  const badge = h(
    'button',
    { type: 'button', class: 'badge', 'aria-haspopup': 'dialog', onclick: () => open(true) },
    flag(),
    label,
  )
  const tabs = views.map((view) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `guidon-tab-${view.id}`,
        'aria-controls': `guidon-view-${view.id}`,
        onclick: () => choose(view.id),
      },
      view.title,
    ),
  )
  const panels = views.map((view) =>
    h(
      'div',
      {
        role: 'tabpanel',
        class: 'view',
        id: `guidon-view-${view.id}`,
        'aria-labelledby': `guidon-tab-${view.id}`,
        tabindex: -1,
      },
      view.node,
    ),
  )
  const state = h('span', { class: 'state' })
  const marks = h('span', { class: 'tag', 'data-kind': 'override' })
  const said = h('p', { class: 'foot', role: 'status' })
  const grip = h('div', {
    class: 'grip',
    role: 'separator',
    tabindex: 0,
    'aria-label': 'Size of the inspector',
    onpointerdown,
    onkeydown: resizeByKey,
  })
  const move = h('button', { type: 'button', class: 'move', onclick: turn })
  const panel = h(
    'div',
    { class: 'panel', role: 'dialog', 'aria-labelledby': 'guidon-title', hidden: true, onkeydown: hearKey },
    grip,
    h(
      'div',
      { class: 'head' },
      h('h2', { id: 'guidon-title' }, flag(), 'guidon'),
      h(
        'div',
        { class: 'tabs', role: 'tablist', 'aria-label': 'What to look at', onkeydown: chooseByKey },
        ...tabs,
      ),
      h('div', { class: 'stand' }, marks, state),
      h(
        'div',
        { class: 'icons' },
        move,
        h(
          'button',
          { type: 'button', 'aria-label': 'Close', title: 'Close (Escape)', onclick: () => close() },
          drawing(['M3.5 3.5l9 9M12.5 3.5l-9 9', 'line']),
        ),
      ),
    ),
    h('div', { class: 'views' }, ...panels),
    said,
  )
  root.append(h('section', { 'aria-label': 'guidon inspector' }, badge, panel))
  // The page's own shortcuts are not meant while somebody types here.
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    host.addEventListener(type, (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation()
    })
  }

  // ── Size and place ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Narrow pages have no room at the right. */
  const dock = () => (innerWidth <= 640 ? 'bottom' : (watch.panel.dock ?? firstDock))
  const most = () => Math.round((dock() === 'bottom' ? innerHeight : innerWidth) * 0.92)
  const size = () =>
    Math.min(watch.panel[dock()] ?? (innerWidth <= 640 ? innerHeight * 0.7 : SIZES[dock()]), most())
  const resize = (pixels: number) => {
    watch.setPanel({ [dock()]: Math.round(Math.max(LEAST, Math.min(most(), pixels))) })
    place()
  }
  const place = () => {
    set(panel, 'data-dock', dock())
    panel.style.setProperty(`--${dock()}`, `${size()}px`)
    const isBottom = dock() === 'bottom'
    set(grip, 'aria-orientation', isBottom ? 'horizontal' : 'vertical')
    set(grip, 'aria-valuenow', Math.round(size()))
    set(grip, 'aria-valuemin', LEAST)
    set(grip, 'aria-valuemax', most())
    set(move, 'aria-label', isBottom ? 'Dock at the right' : 'Dock at the bottom')
    set(move, 'title', isBottom ? 'Dock at the right' : 'Dock at the bottom')
    move.replaceChildren(
      drawing(['M2.5 3h11v10h-11z', 'line'], [isBottom ? 'M9.5 3h4v10h-4z' : 'M2.5 9h11v4h-11z', 'area']),
    )
  }
  function turn() {
    watch.setPanel({ dock: dock() === 'bottom' ? 'right' : 'bottom' })
    place()
  }
  function onpointerdown({ pointerId }: PointerEvent) {
    grip.setPointerCapture(pointerId)
    grip.onpointermove = ({ clientX, clientY }) =>
      resize(dock() === 'bottom' ? innerHeight - clientY : innerWidth - clientX)
    grip.onpointerup = grip.onpointercancel = () => {
      grip.onpointermove = null
    }
  }
  function resizeByKey(event: KeyboardEvent) {
    const larger = dock() === 'bottom' ? 'ArrowUp' : 'ArrowLeft'
    const smaller = dock() === 'bottom' ? 'ArrowDown' : 'ArrowRight'
    const to: Record<string, number> = {
      [larger]: size() + STEP,
      [smaller]: size() - STEP,
      Home: LEAST,
      End: most(),
    }
    const pixels = to[event.key]
    if (pixels === undefined) return
    event.preventDefault()
    resize(pixels)
  }

  // ── Keys and tabs ──────────────────────────────────────────────────────────────────────────────────────────────────

  function hearKey(event: KeyboardEvent) {
    const target = event.composedPath()[0] as HTMLInputElement
    // In a search that says something it empties that.
    if (event.key === 'Escape' && !event.isComposing && !(target.type === 'search' && target.value)) {
      event.preventDefault()
      close()
    }
  }
  function chooseByKey(event: KeyboardEvent) {
    const at = views.indexOf(current)
    const to: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: views.length - 1,
    }
    const next = to[event.key]
    if (next === undefined) return
    event.preventDefault()
    const index = (next + views.length) % views.length
    choose(views[index]!.id)
    tabs[index]!.focus()
  }
  const choose = (id: string) => {
    current = views.find((view) => view.id === id) ?? current
    watch.setPanel({ tab: id })
    draw()
  }

  // ── What is shown ──────────────────────────────────────────────────────────────────────────────────────────────────

  const plan = () => {
    frame ||= requestAnimationFrame(draw)
  }
  function draw() {
    cancelAnimationFrame(frame)
    frame = 0
    // Some pages replace their whole body.
    if (!host.isConnected) mount()
    const { overrides, road, client } = watch
    const about = [overrides.size && plural(overrides.size, 'override'), road !== 'real' && road]
      .filter(Boolean)
      .join(', ')
    badge.hidden = isOpen
    panel.hidden = !isOpen
    write(label, about || 'guidon')
    set(badge, 'aria-label', `guidon inspector${about && `: ${about}`}`)
    set(badge, 'data-loud', !!about)
    if (!isOpen) return
    write(state, client.status.state)
    set(state, 'data-state', client.status.state)
    marks.hidden = !about
    write(marks, about)
    write(said, watch.said)
    views.forEach((view, index) => {
      const isCurrent = view === current
      const tab = tabs[index] as HTMLElement
      set(tab, 'aria-selected', `${isCurrent}`)
      set(tab, 'tabindex', isCurrent ? 0 : -1)
      ;(panels[index] as HTMLElement).hidden = !isCurrent
    })
    current.draw()
  }

  // ── Open and close ─────────────────────────────────────────────────────────────────────────────────────────────────

  const show = (next: boolean) => {
    isOpen = next
    clearInterval(timer)
    // Ages grow.
    if (next) timer = setInterval(plan, 1_000)
    draw()
  }
  const open = (takesFocus: boolean) => {
    if (!isOpen) {
      before = document.activeElement
      watch.setPanel({ isOpen: true })
      place()
      show(true)
    }
    if (takesFocus) tabs[views.indexOf(current)]!.focus()
  }
  const close = () => {
    if (!isOpen) return
    const hadFocus = !!root.activeElement
    watch.setPanel({ isOpen: false })
    show(false)
    if (!hadFocus) return
    if (before instanceof HTMLElement && before.isConnected && before !== document.body && before !== host)
      before.focus()
    else badge.focus()
  }
  const mount = () => document.body?.append(host)

  if (!document.body) document.addEventListener('DOMContentLoaded', plan, { once: true })
  const stopWatching = watch.subscribe(plan)
  addEventListener('resize', place)
  place()
  if (startsOpen) open(false)
  else draw()

  return {
    get isOpen() {
      return isOpen
    },
    open: () => open(true),
    close,
    remove() {
      isOpen = false
      stopWatching()
      removeEventListener('resize', place)
      clearInterval(timer)
      cancelAnimationFrame(frame)
      document.removeEventListener('DOMContentLoaded', plan)
      host.remove()
    },
  }
}
