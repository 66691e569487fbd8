import { readFileSync } from 'node:fs'
import { createClient, newGuid } from 'guidon'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'

/** What pages show while the service cannot be asked: what `guidon pull` found at the last build. */
const defaults = JSON.parse(readFileSync(new URL('guidon.flags.json', import.meta.url), 'utf8'))

/**
 * Middleware: `c.var.flags` is the client of this visitor, for this request. It shares nothing with any other.
 *
 * @param options where the flags are: `environmentKey`, `api`
 * @param budgetMs how long a page waits for them at most
 */
export const withFlags = (options, budgetMs) =>
  createMiddleware(async (c, next) => {
    const flags = createClient({
      ...options,
      identity: visitor(c),
      defaults,
      // For what is to arrive after the page.
      timeoutMs: budgetMs * 4,
      retries: 0,
    })
    // Node says so when the response is finished, and when the visitor hangs up before that.
    c.env.outgoing.once('close', () => leave(flags))
    await flags.ready({ from: 'network', timeoutMs: budgetMs })
    c.set('flags', flags)
    await next()
  })

/** A GUID that is kept in a cookie. What else somebody puts into that cookie is refused by the client. */
const visitor = (c) => {
  const kept = getCookie(c, 'visitor')
  if (kept) return kept
  const made = newGuid()
  // Where pages come by https: `secure: true`.
  setCookie(c, 'visitor', made, { httpOnly: true, sameSite: 'Lax', maxAge: 365 * 24 * 60 * 60 })
  return made
}

/** A trait that is on its way is let arrive. The visitor does not wait for that. */
const leave = async (flags) => {
  if (flags.pending) await flags.refresh().catch(() => {})
  flags.close()
}
