// The demo's wiring: one guidon client, and a page that shows all it does. An app needs the first ten lines of it.
import { defaults } from './defaults.js'
import { clearDevice, drawDevice } from './device.js'
import { byId, element } from './element.js'
import { drawFlags } from './flag-table.js'
import { plain, plural, reason, typed } from './format.js'
import { log, say } from './log.js'
import { createNetwork } from './network.js'
import { drawPerson } from './person.js'
import { remember, session } from './session.js'
import { drawTimeline, flagsCame } from './timeline.js'

const { createClient, newGuid, transient } = globalThis.guidon
const environmentKey = document.querySelector('meta[name="environment-key"]').content

const network = createNetwork(session, ({ method, path, outcome, ms }) => {
  log('request', `${method} ${path} · ${outcome} · ${Math.round(ms)} ms`)
  drawStrip()
})

// ── The client ──────────────────────────────────────────────────────────────────────────────────────────────────────

const started = performance.now()
const flags = createClient({
  environmentKey,
  api: `${location.origin}/api/v1/`,
  anonymous: true,
  ...(session.identity && { identity: session.identity }),
  defaults,
  fetch: network.fetch,
})
const first = flags.flag(Object.keys(defaults.flags)[0])
const readableMs = performance.now() - started

// ── The start-up timeline ───────────────────────────────────────────────────────────────────────────────────────────

const atStart = flags.all()
const isStored = Object.values(atStart)[0]?.source === 'storage'
const story = {
  readable: { ms: readableMs, source: first?.source === 'storage' ? 'this device' : 'the bundled defaults' },
  lanes: {
    defaults: { ms: readableMs, note: plural(Object.keys(defaults.flags).length, 'flag'), state: 'arrived' },
    storage: isStored
      ? {
          ms: readableMs,
          note: `${plural(Object.keys(atStart).length, 'flag')} from last time`,
          state: 'arrived',
        }
      : { note: 'nothing kept of this user yet', state: 'nothing' },
    network: { note: 'waiting for an answer', state: 'waiting' },
  },
}
drawTimeline(story)

const differs = (name) =>
  atStart[name]?.enabled !== flags.flag(name)?.enabled || atStart[name]?.value !== flags.flag(name)?.value

flags.ready({ from: 'network', timeoutMs: 60_000 }).then(({ source, error }) => {
  const ms = performance.now() - started
  const all = flags.all()
  const names = new Set([...Object.keys(atStart), ...Object.keys(all)])
  story.lanes.network =
    source === 'network'
      ? { ms, note: flagsCame(Object.keys(all).length, [...names].filter(differs).length), state: 'arrived' }
      : { ms, note: error ? reason(error.message) : 'no answer in a minute', state: 'failed' }
  drawTimeline(story)
})

// ── What the page shows ─────────────────────────────────────────────────────────────────────────────────────────────

/** The flags that look different since the last change; new ones are not pointed out. */
let changed = new Set()
let known = atStart

const drawStrip = () => {
  const { state, error, nextAttemptAt } = flags.status
  byId('state').dataset.state = state
  byId('state').textContent = error ? `${state}: ${error.code}` : state
  byId('next').textContent = nextAttemptAt
    ? `rests until ${new Date(nextAttemptAt).toLocaleTimeString()}`
    : ''
  byId('requests').textContent = plural(network.count, 'request')
}

const drawToggle = () => {
  const list = byId('toggle-name')
  const names = Object.keys(flags.all()).sort()
  if (names.join() !== [...list.options].map(({ value }) => value).join()) {
    const { value } = list
    list.replaceChildren(...names.map((name) => element('option', { value: name }, name)))
    list.value = names.includes(value)
      ? value
      : (names.find((name) => Object.hasOwn(defaults.flags, name)) ?? names[0])
  }
  byId('toggle-button').textContent = flags.isEnabled(list.value) ? 'Switch off' : 'Switch on'
}

const draw = () => {
  drawFlags(flags.all(), changed)
  drawPerson(flags, session.identity === flags.identity, (key) =>
    setTraits({ [key]: null }, `Removed ${key}`),
  )
  drawToggle()
  drawStrip()
  drawDevice()
}

flags.on('change', (change) => {
  changed = new Set(change.changed.filter((name) => Object.hasOwn(known, name)))
  known = flags.all()
  log(
    'change',
    `${plural(change.changed.length, 'flag')} from ${change.source}: ${change.changed.join(', ')}`,
  )
  draw()
})
flags.on('status', ({ state, error }) => {
  log('status', error ? `${state}, ${error.code}` : state)
  draw()
  setTimeout(drawDevice, 100) // what came is kept a moment after it is shown
})
flags.on('error', ({ code, message }) => {
  log('error', plain(message))
  if (code === 'storage') say('This device keeps nothing. The flags are shown all the same.')
})
flags.on('guard', ({ subject, kind, action, key }) => {
  log('guard', `${subject}${key ? ` “${key}”` : ''}, ${kind}: ${action}`)
})

// ── What the page can do ────────────────────────────────────────────────────────────────────────────────────────────

/** Does something, and says what it came to. Whatever goes wrong has a code, and leaves the flags as they were. */
const attempt = async (done, action) => {
  const before = network.count
  try {
    await action()
    say(`${done}, ${plural(network.count - before, 'request')}.`)
  } catch ({ code, message }) {
    const isGuard = /identifier|trait/.test(code)
    const sent = network.count - before
    say(
      `${isGuard ? 'Blocked' : 'It failed'}, ${sent === 0 ? 'nothing was sent' : plural(sent, 'request')}. ${plain(message)}`,
    )
  }
  draw()
}

const identify = (id) =>
  attempt('Identified', async () => {
    const asked = flags.identify(id)
    // The guards speak at once. Whom they let in is the user, whether or not the server can be reached.
    if (flags.identity === id) remember({ identity: id })
    draw()
    await asked
  })

const setTraits = (traits, done) => attempt(done, () => flags.setTraits(traits))

const onSubmit = (id, action) =>
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault()
    action(Object.fromEntries(new FormData(event.target)), event.target)
  })
const onClick = (id, action) => byId(id).addEventListener('click', action)

onSubmit('identify', ({ identifier }) => identify(identifier.trim()))
onClick('another', () => identify(newGuid()))
onClick('e-mail', () => identify('ada@example.com'))
onClick('reset', () => {
  remember({ identity: undefined })
  attempt('Logged out, and anonymous again', () => flags.reset())
})

onSubmit('trait', ({ key, value, kind }, form) => {
  const input = typed(value)
  setTraits({ [key]: kind === 'transient' ? transient(input) : input }, `Set ${key}`)
  form.reset()
  byId('trait-key').focus()
})
byId('trait-keys').append(
  ...['plan', 'country', 'beta', 'email'].map((key) => element('option', { value: key })),
)

onClick('refresh', () => attempt('Refreshed', () => flags.refresh()))

onSubmit('toggle', ({ name }) =>
  attempt(`Switched ${name} on the server`, async () => {
    if (network.cut) throw new Error('The network is cut.')
    await fetch('/demo/flags', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, enabled: !flags.isEnabled(name) }),
    })
  }),
)
byId('toggle-name').addEventListener('change', drawToggle)

for (const id of ['cut', 'slow']) {
  byId(id).checked = session[id]
  byId(id).addEventListener('change', ({ target }) => {
    network[id] = target.checked
    remember({ [id]: target.checked })
    if (id === 'slow')
      return say(target.checked ? 'Each request takes three seconds.' : 'Requests are fast again.')
    listen()
    if (target.checked) say('The network is cut. Refresh, identify or reload: the flags stay.')
    else attempt('The network is back', () => flags.refresh())
  })
}

onClick('reload', () => location.reload())
onClick('clear', () => {
  clearDevice()
  remember({ identity: undefined })
  drawDevice()
  say('Storage is clear. Reload for a first visit.')
})

byId('search').addEventListener('input', () => drawFlags(flags.all(), changed))

// ── The inspector, for who asks for it ──────────────────────────────────────────────────────────────────────────────

const inspect = async () => {
  const { guidonInspector } = await import('/devtools.js')
  guidonInspector(flags, { links: true })
  remember({ inspected: true })
}
onClick('inspector', inspect)
// Once asked for it stays, until this tab is closed. `?guidon` in the address asks as well.
if (session.inspected || new URLSearchParams(location.search).has('guidon')) inspect()

// ── The server tells of changes ─────────────────────────────────────────────────────────────────────────────────────

let stream
const setLive = (text) => {
  byId('live').textContent = text
}

function listen() {
  stream?.close()
  if (network.cut) return setLive('not connected')
  stream = new EventSource(`/sse/environments/${encodeURIComponent(environmentKey)}/stream`)
  stream.addEventListener('open', () => setLive('connected'))
  stream.addEventListener('error', () => setLive('not connected'))
  stream.addEventListener('environment_updated', () => {
    log('server', 'environment_updated: the page refreshes')
    attempt('The server changed: refreshed', () => flags.refresh())
  })
}

listen()
draw()
document.documentElement.dataset.ready = ''
