import { createClient, newGuid, snapshotScript } from 'guidon'
import page from './page.html'

// The client is made in the handler. Outside of it a worker may neither ask the network nor draw random numbers, and what one
// request began, another must not touch.

export default {
  async fetch(request, env, ctx) {
    const known = visitor(request)
    const flags = createClient({
      environmentKey: env.FLAGS_KEY,
      api: env.FLAGS_API,
      identity: known ?? newGuid(),
      // For what is to arrive after the answer.
      timeoutMs: env.BUDGET_MS * 4,
      retries: 0,
    })
    const response = await answer(request, flags, env.BUDGET_MS)
    if (!known) response.headers.set('Set-Cookie', cookie(flags.identity))
    ctx.waitUntil(leave(flags))
    return response
  },
}

const answer = async (request, flags, budgetMs) => {
  const { pathname } = new URL(request.url)
  if (request.method === 'POST' && pathname === '/beta') {
    // Not awaited: it goes on after the answer.
    flags.setTraits({ beta: true })
    return html('Thank you. From the <a href="/">next page</a> on you see more.')
  }
  if (request.method !== 'GET' || pathname !== '/') return new Response(null, { status: 404 })
  await flags.ready({ from: 'network', timeoutMs: budgetMs })
  return rewritten(html(page), flags)
}

/** A page with the flags in it. What is not known is left as the page has it: its own text is the bundled default. */
const rewritten = (response, flags) =>
  new HTMLRewriter()
    .on('[data-value]', {
      element(element) {
        const flag = flags.flag(element.getAttribute('data-value'))
        // As text, so no value of a flag is more than that.
        if (flag) element.setInnerContent(`${flag.value}`)
      },
    })
    .on('[data-if]', {
      element(element) {
        if (!flags.isEnabled(element.getAttribute('data-if'))) element.remove()
      },
    })
    .on('[data-unless]', {
      element(element) {
        if (flags.isEnabled(element.getAttribute('data-unless'))) element.remove()
      },
    })
    .on('body', {
      element(element) {
        // For the page's own client.
        element.append(snapshotScript(flags.snapshot()), { html: true })
      },
    })
    .transform(response)

const html = (text) =>
  new Response(text, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; form-action 'self'",
      // The page is one visitor's.
      'Cache-Control': 'no-store',
    },
  })

/** The GUID of the cookie. What has another form is not looked at. */
const visitor = (request) =>
  /(?:^|; )visitor=([\da-f]{8}-[\da-f-]{27})(?:;|$)/.exec(request.headers.get('Cookie'))?.[1]
// Where pages come by https: `Secure`.
const cookie = (guid) => `visitor=${guid}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000`

/** A trait that is on its way is let arrive. The visitor does not wait for that. */
const leave = async (flags) => {
  if (flags.pending) await flags.refresh().catch(() => {})
  flags.close()
}
