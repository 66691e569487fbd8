/** What a page wants to do, as its browser asks for it. */
export interface CorsRequest {
  readonly origin: string
  /** The headers that need leave, in lower case. */
  readonly headers: readonly string[]
}

/**
 * Why a browser would not let a page do what it asked for, judged by the answer to its preflight, as the Fetch standard has it for
 * requests without credentials (GET and POST need no leave); `undefined` when it would.
 */
export function refusedBy(preflight: Response, { origin, headers }: CorsRequest): string | undefined {
  const { ok, status, headers: answered } = preflight
  if (!ok) return `The preflight (OPTIONS) is answered ${status}.`
  const allowed = (answered.get('Access-Control-Allow-Headers') ?? '').toLowerCase().split(/\s*,\s*/)
  const missing = allowed.includes('*') ? [] : headers.filter((name) => !allowed.includes(name))
  return (
    hiddenBy(preflight, origin) ??
    (missing.length ? `Access-Control-Allow-Headers lacks ${missing.join(' and ')}.` : undefined)
  )
}

/** Why a browser would not show an answer to a page of this origin; `undefined` when it would. */
export function hiddenBy({ headers }: Response, origin: string): string | undefined {
  const allowed = headers.get('Access-Control-Allow-Origin')
  if (allowed === '*' || allowed === origin) return
  return allowed ? `Access-Control-Allow-Origin is ${allowed}.` : 'There is no Access-Control-Allow-Origin.'
}
