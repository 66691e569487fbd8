import { Suspense } from 'react'
import {
  useFlag,
  useFlagDetails,
  useFlagEnabled,
  useFlags,
  useGuidonStatus,
  useSuspenseFlag,
  useTraits,
} from '../../src/react.ts'

export { GuidonProvider } from '../../src/react.ts'

/** What the page showed as its colour, render by render. */
export const rendered: string[] = []

const Late = () => <b>{useSuspenseFlag('color', 'none')}</b>

const Early = () => {
  const color = useFlag('color', 'none')
  rendered.push(color)
  return (
    <p>
      {color} {`${useFlagEnabled('color')}`} {JSON.stringify(useFlagDetails('color'))}{' '}
      {JSON.stringify(useFlags(['size', 'color', '?']))} {JSON.stringify(useTraits())}{' '}
      {useGuidonStatus().state}
    </p>
  )
}

/** A page with every hook in it. */
export const Page = () => (
  <main>
    <Early />
    <Suspense fallback="…">
      <Late />
    </Suspense>
  </main>
)
