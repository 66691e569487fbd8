import { transient } from 'guidon'
import { useSyncExternalStore } from 'react'
import { Button, SafeAreaView, Text } from 'react-native'
import { flags } from './flags'

/** Renders anew when this flag looks different, and for nothing else. */
const useFlag = <T extends string | number | boolean>(name: string, fallback: T) =>
  useSyncExternalStore(
    (changed) => flags.onFlag(name, changed),
    () => flags.value(name, fallback),
  )

const useStatus = () =>
  useSyncExternalStore(
    (changed) => flags.on('status', changed),
    () => flags.status.state,
  )

export default function App() {
  const hero = useFlag('home-hero-text', '')
  const size = useFlag('font-size', 16)
  const status = useStatus()
  return (
    <SafeAreaView>
      <Text style={{ fontSize: size }}>{hero}</Text>
      <Text>
        {status}, as {flags.identity}; {flags.pending} traits wait for the server
      </Text>
      <Button title="Join the beta" onPress={() => flags.setTraits({ beta: true })} />
      <Button title="I am in France today" onPress={() => flags.setTraits({ country: transient('FR') })} />
      <Button title="Log out" onPress={() => flags.reset()} />
    </SafeAreaView>
  )
}
