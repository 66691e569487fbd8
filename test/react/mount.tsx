import { act, type ReactNode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, vi } from 'vitest'
import type { Client } from '../../src/index.ts'

export interface Mounted {
  readonly root: Root
  readonly element: HTMLElement
  text(): string
  render(node: ReactNode): Promise<void>
  unmount(): Promise<void>
}

/** Roots in a page, unmounted after each test. */
export const useRoots = () => {
  let mounted: Mounted[] = []
  const acting = () => void vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  beforeEach(acting)
  afterEach(async () => {
    acting()
    for (const { unmount } of mounted) await unmount()
    mounted = []
    document.body.innerHTML = ''
  })

  const keep = (element: HTMLElement, root: Root): Mounted => {
    const made: Mounted = {
      root,
      element,
      text: () => element.textContent ?? '',
      render: (node) => act(async () => root.render(node)),
      unmount: () => act(async () => root.unmount()),
    }
    mounted.push(made)
    return made
  }
  const put = () => document.body.appendChild(document.createElement('div'))

  return {
    async mount(node: ReactNode): Promise<Mounted> {
      const element = put()
      const made = keep(element, createRoot(element))
      await made.render(node)
      return made
    },
    /** Takes over what a server rendered. `onRecoverableError` is where React complains. */
    async hydrate(html: string, node: ReactNode, complaints: unknown[] = []) {
      const element = put()
      element.innerHTML = html
      const before = element.innerHTML
      let root!: Root
      await act(async () => {
        root = hydrateRoot(element, node, { onRecoverableError: (error) => complaints.push(error) })
      })
      return { ...keep(element, root), before }
    },
  }
}

/** Counts the listeners that a client has at the moment. */
export const countListeners = (client: Client): { readonly now: number } => {
  const count = { now: 0 }
  const counted =
    <A extends unknown[]>(listen: (...args: A) => () => void) =>
    (...args: A) => {
      const off = listen(...args)
      count.now++
      return () => {
        count.now--
        off()
      }
    }
  Object.assign(client, { on: counted(client.on as never), onFlag: counted(client.onFlag as never) })
  return count
}
