// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type App, createApp, defineComponent, h, nextTick, ref } from 'vue'
import { type Client, memoryStorage } from '../../src/index.ts'
import { testClient } from '../../src/testing.ts'
import { guidon, useFlag, useFlagEnabled, useFlags, useGuidon } from '../../src/vue.ts'
import { answerTo, calm, useWorld } from '../world.ts'

describe('in a Vue app', () => {
  const world = useWorld()
  const apps: App[] = []
  afterEach(() => {
    for (const app of apps.splice(0)) app.unmount()
  })
  const mounted = (client: Client | undefined, setup: () => () => unknown) => {
    const element = document.createElement('div')
    const app = createApp(defineComponent({ setup: () => setup() as never }))
    if (client) app.use(guidon(client))
    apps.push(app)
    app.mount(element)
    return { element, app }
  }
  let values: Record<string, unknown> = {}
  const answered = async () => {
    values = { color: 'red', size: 16 }
    world.net.respond = (call) => answerTo(call, values)
    const client = world.client({ storage: memoryStorage() })
    await client.ready({ from: 'network' })
    return client
  }
  const becomes = async (client: Client, next: Record<string, unknown>) => {
    values = next
    await client.refresh()
    await calm()
    await nextTick()
  }

  it('a flag is there at the first render, and anew when it changes', async () => {
    const client = await answered()
    const { element } = mounted(client, () => {
      const color = useFlag('color', 'none')
      const enabled = useFlagEnabled('color')
      const missing = useFlag('missing', 'fallback')
      return () => `${color.value} ${enabled.value} ${missing.value}`
    })
    expect(element.textContent).toBe('red true fallback')
    await becomes(client, { color: 'blue' })
    expect(element.textContent).toBe('blue true fallback')
  })

  it('a test finds a component rendered when the promise of set() is through', async () => {
    const client = testClient({ flags: { color: 'red' } })
    const { element } = mounted(client, () => {
      const color = useFlag('color', 'none')
      return () => color.value
    })
    await client.set('color', 'blue')
    expect(element.textContent).toBe('blue')
  })

  it('a component renders only when a flag it reads changes', async () => {
    const client = await answered()
    let renders = 0
    mounted(client, () => {
      const color = useFlag('color', '')
      const both = useFlags(['color', 'missing'])
      return () => {
        renders++
        return `${color.value} ${both.value.missing}`
      }
    })
    await becomes(client, { color: 'red', size: 17 })
    expect(renders).toBe(1)
    await becomes(client, { color: 'red', size: 17, missing: 'here' })
    expect(renders).toBe(2)
  })

  it('a name may be a ref', async () => {
    const client = await answered()
    const name = ref('color')
    const { element } = mounted(client, () => {
      const value = useFlag(name, 'none')
      return () => value.value
    })
    name.value = 'size'
    await nextTick()
    expect(element.textContent).toBe('none')
    name.value = 'color'
    await nextTick()
    expect(element.textContent).toBe('red')
  })

  it('two hundred components that come and go leave no listener', async () => {
    const client = await answered()
    const { on } = client
    let listeners = 0
    client.on = ((...args: Parameters<typeof on>) => {
      const off = on(...args)
      listeners++
      return () => {
        listeners--
        off()
      }
    }) as typeof on
    const shown = ref(true)
    const Child = defineComponent(() => {
      const color = useFlag('color', '')
      return () => h('i', color.value)
    })
    mounted(client, () => () => (shown.value ? [...Array(200).keys()].map((key) => h(Child, { key })) : []))
    expect(listeners).toBe(200)
    shown.value = false
    await nextTick()
    expect(listeners).toBe(0)
  })

  it('who forgot the plugin is told so', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    expect(() => mounted(undefined, () => () => useGuidon().value('color', ''))).toThrow(
      'app.use(guidon(client))',
    )
    warn.mockRestore()
  })
})
