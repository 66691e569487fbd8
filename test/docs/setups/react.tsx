// @vitest-environment happy-dom
/** A page with React in it. */
import { useFlag } from 'guidon/react'
import './page.ts'

export * from './page.ts'

export const OneClick = () => <button type="button">Buy</button>
export const NineFields = () => <form />
export const App = () => <h1>{useFlag('home-hero-text', 'Welcome')}</h1>

/** What a block renders is in the page. */
export const finish = async (): Promise<void> => {
  const root = document.getElementById('root')!
  for (let turn = 0; turn < 200 && !root.innerHTML; turn++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  if (!root.innerHTML) throw new Error('nothing was rendered')
}
