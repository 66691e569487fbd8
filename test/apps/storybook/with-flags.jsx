import { GuidonProvider } from 'guidon/react'
import { testClient } from 'guidon/testing'
import { useState } from 'react'

/** A story says its flags: `parameters: { flags: { 'new-checkout': true } }`. */
export const withFlags = (Story, { id, parameters }) => (
  <Flags key={id} flags={parameters.flags}>
    <Story />
  </Flags>
)

const Flags = ({ flags, children }) => {
  const [client] = useState(() => testClient({ flags }))
  return <GuidonProvider client={client}>{children}</GuidonProvider>
}
