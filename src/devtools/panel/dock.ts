import type { Watch } from '../watch.ts'
import { drawing, h, set } from './dom.ts'

/** The panel is no smaller than this, in pixels, and moves by so much for each key. */
const LEAST = 160
const STEP = 24
const SIZES = { bottom: 400, right: 460 }
/** Narrower pages have no room at the right; the style sheet has the same. */
const NARROW = 640

/** Where the panel is, and how large. */
export interface Dock {
  /** The edge that is moved, in the panel. */
  readonly grip: HTMLElement
  /** To the other side. */
  readonly move: HTMLElement
  /** Puts the panel that they are in where it is to be. */
  place(): void
}

export const createDock = (watch: Watch, first: 'bottom' | 'right'): Dock => {
  const isNarrow = () => innerWidth <= NARROW
  const side = () => (isNarrow() ? 'bottom' : (watch.panel.dock ?? first))
  const most = () => Math.round((side() === 'bottom' ? innerHeight : innerWidth) * 0.92)
  const fitting = (pixels: number) => Math.round(Math.max(LEAST, Math.min(most(), pixels)))
  const size = () => fitting(watch.panel[side()] ?? (isNarrow() ? innerHeight * 0.7 : SIZES[side()]))
  const resize = (pixels: number) => {
    watch.setPanel({ [side()]: fitting(pixels) })
    place()
  }

  const place = () => {
    const panel = grip.parentElement as HTMLElement
    const isBottom = side() === 'bottom'
    const label = isBottom ? 'Dock at the right' : 'Dock at the bottom'
    set(panel, 'data-dock', side())
    panel.style.setProperty(`--${side()}`, `${size()}px`)
    set(grip, 'aria-orientation', isBottom ? 'horizontal' : 'vertical')
    set(grip, 'aria-valuenow', size())
    set(grip, 'aria-valuemin', LEAST)
    set(grip, 'aria-valuemax', most())
    set(move, 'aria-label', label)
    set(move, 'title', label)
    move.replaceChildren(
      drawing(['M2.5 3h11v10h-11z', 'line'], [isBottom ? 'M9.5 3h4v10h-4z' : 'M2.5 9h11v4h-11z', 'area']),
    )
  }

  const grip = h('div', {
    class: 'grip',
    role: 'separator',
    tabindex: 0,
    'aria-label': 'Size of the inspector',
    onpointerdown({ pointerId }: PointerEvent) {
      grip.setPointerCapture(pointerId)
      grip.onpointermove = ({ clientX, clientY }) =>
        resize(side() === 'bottom' ? innerHeight - clientY : innerWidth - clientX)
      grip.onpointerup = grip.onpointercancel = () => {
        grip.onpointermove = null
      }
    },
    onkeydown(event: KeyboardEvent) {
      const [larger, smaller] = side() === 'bottom' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight']
      const to: Record<string, number> = {
        [larger as string]: size() + STEP,
        [smaller as string]: size() - STEP,
        Home: LEAST,
        End: most(),
      }
      const pixels = to[event.key]
      if (pixels === undefined) return
      event.preventDefault()
      resize(pixels)
    },
  })
  const move = h('button', {
    type: 'button',
    class: 'move',
    onclick() {
      watch.setPanel({ dock: side() === 'bottom' ? 'right' : 'bottom' })
      place()
    },
  })

  return { grip, move, place }
}
