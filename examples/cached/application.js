import { readFileSync } from 'node:fs'
import { snapshotScript } from 'guidon'
import { fromEdge } from 'guidon/server'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { html, raw } from 'hono/html'

/** What pages show while a visitor's flags are not known. In an app: the file that its build pulls from the service. */
const defaults = {
  flags: {
    'home-hero-text': { enabled: true, value: 'Plan the week together.' },
    'new-checkout': { enabled: false, value: null },
    max_boards: { enabled: true, value: 3 },
  },
}
const version = 'build 1'

/** It knows nobody: its pages are made of a combination of flags, and the cache gives them to whoever has it. */
export const application = ({ environmentKey, api, changeHeadline }) => {
  let rendered = 0
  const app = new Hono()

  const page = (content) => async (c) => {
    const flags = await fromEdge(c.req.raw.headers, { environmentKey, defaults })
    rendered++
    return c.html(
      html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>guidon behind a cache</title>
${content(flags)}
<form method="post" action="/plan"><button name="plan" value="pro">Change to the plan “pro”</button></form>
<form method="post" action="/headline"><button>Change the headline, for all</button></form>
<p>This is page ${rendered} that the application made, for <code>${flags.key}</code>.</p>
${raw(snapshotScript(flags.snapshot()))}
<script src="/assets/guidon.global.js"></script>
<script src="/assets/in-the-page.js" data-api="${api}"></script>
</html>`,
      200,
      flags.headers({ maxAge: 60, version }),
    )
  }
  app.get(
    '/',
    page(
      (flags) => html`<h1>${flags.value('home-hero-text', 'Hello')}</h1>
<p id="checkout">${flags.isEnabled('new-checkout') ? 'Pay with one click.' : 'Fill in these nine fields.'}</p>`,
    ),
  )
  app.get(
    '/pricing',
    page((flags) => html`<p>You may have <b id="boards">${flags.value('max_boards', 1)}</b> boards.</p>`),
  )

  app.post('/plan', (c) => {
    setCookie(c, 'plan', 'pro', { sameSite: 'Lax' })
    return c.redirect('/pricing', 303)
  })
  app.post('/headline', (c) => {
    changeHeadline()
    return c.redirect('/', 303)
  })
  const script = (path) => {
    const text = readFileSync(new URL(path, import.meta.url), 'utf8')
    return (c) => c.body(text, 200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=3600' })
  }
  app.get('/assets/guidon.global.js', script('../../dist/guidon.global.js'))
  app.get('/assets/in-the-page.js', script('in-the-page.js'))
  return app.fetch
}
