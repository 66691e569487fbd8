/** What the compiler must accept and refuse of `guidon/devtools`. */
import { guidonInspector, type Inspector, type InspectorOptions, inspector } from '../../src/devtools.ts'
import { createClient, type Extension } from '../../src/index.ts'
import { is, type Unsaid } from './is.ts'

is<ReturnType<typeof inspector>, Extension>(true)
const flags = createClient<{ title: string }>({
  environmentKey: 'key',
  use: [inspector(), inspector({ address: true, links: true, open: false, dock: 'right' })],
})
// @ts-expect-error: it is to be called
createClient({ environmentKey: 'key', use: [inspector] })
// @ts-expect-error: no such side
inspector({ dock: 'left' })

// Of a client with any flags.
const made = guidonInspector(flags, { links: true })
is<typeof made, Inspector>(true)
made.open()
is<typeof made.isOpen, boolean>(true)
// @ts-expect-error: it tells, and is not told
made.isOpen = true
// @ts-expect-error: a client, not its options
guidonInspector({ environmentKey: 'key' })

// What is `undefined` is not said.
export const options: InspectorOptions = {} as Unsaid<InspectorOptions>
