import type { Watch } from '../watch.ts'
import { plural } from '../words.ts'
import { createDock } from './dock.ts'
import { drawing, h, set, write } from './dom.ts'
import { flagsView } from './flags-view.ts'
import { identityView } from './identity-view.ts'
import { networkView } from './network-view.ts'
import { STYLE } from './style.ts'
import { timelineView } from './timeline-view.ts'
import { toolsView } from './tools-view.ts'

/** The element in the page: a button in the corner, or the panel. */
export interface Host {
  readonly isOpen: boolean
  open(): void
  close(): void
  remove(): void
}

const TAG = 'guidon-inspector'
const flag = () => drawing(['M4 1.5v13', 'pole'], ['M5 2.5h10l-2.6 3 2.6 3H5z', 'cloth'])

/** Who has the focus, in whatever component of the page. */
const focused = (): HTMLElement | null => {
  let { activeElement } = document
  while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement
  return activeElement as HTMLElement | null
}

export const createHost = (watch: Watch, firstDock: 'bottom' | 'right', startsOpen: boolean): Host => {
  // A page may have more than one copy of this module. The element is the same in all.
  if (!customElements.get(TAG)) customElements.define(TAG, class extends HTMLElement {})
  const host = document.createElement(TAG)
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [sheet]
  // Another client may have a button in the corner already.
  let place = 0
  while (document.querySelector(`${TAG}[data-place="${place}"]`)) place++
  set(host, 'data-place', place)

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
  let before: HTMLElement | null = null
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
  badge.style.marginBottom = `${12 + place * 42}px`
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
        // Where there is nothing to focus it is scrolled with keys itself.
        tabindex: view.id === 'timeline' ? 0 : -1,
      },
      view.node,
    ),
  )
  const state = h('span', { class: 'state' })
  const marks = h('span', { class: 'tag', 'data-kind': 'override' })
  const said = h('p', { class: 'foot', role: 'status' })
  const dock = createDock(watch, firstDock)
  const panel = h(
    'div',
    { class: 'panel', role: 'dialog', 'aria-labelledby': 'guidon-title', hidden: true, onkeydown: hearKey },
    dock.grip,
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
        dock.move,
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
  root.append(h('section', { class: 'inspector', 'aria-label': 'guidon inspector' }, badge, panel))
  // The page's own shortcuts are not meant while somebody types here.
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    host.addEventListener(type, (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation()
    })
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
      before = focused()
      // In front of another client's.
      mount()
      watch.setPanel({ isOpen: true })
      dock.place()
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
    // Who had it may be gone, or not take it any more.
    badge.focus()
    before?.focus()
  }
  const mount = () => document.body?.append(host)

  if (!document.body) document.addEventListener('DOMContentLoaded', plan, { once: true })
  const stopWatching = watch.subscribe(plan)
  addEventListener('resize', dock.place)
  dock.place()
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
      removeEventListener('resize', dock.place)
      clearInterval(timer)
      cancelAnimationFrame(frame)
      document.removeEventListener('DOMContentLoaded', plan)
      host.remove()
    },
  }
}
