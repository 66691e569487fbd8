/** What upstream said to a message: its status, 0 for no answer, and whether it is the answer of an API. */
export interface Reply {
  readonly status: number
  readonly retryAfterMs: number
  readonly body: unknown
}

/** Sends JSON to an address, with the key of an environment. Follows no redirect: the key is for this address. Never rejects. */
export async function post(
  address: string,
  key: string,
  value: unknown,
  { fetch, timeoutMs }: { readonly fetch: typeof globalThis.fetch; readonly timeoutMs: number },
): Promise<Reply> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'X-Environment-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify(value),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    const seconds = Number(response.headers.get('Retry-After'))
    const retryAfterMs = seconds > 0 ? Math.min(seconds, 3_600) * 1_000 : 0
    return { status: response.status, retryAfterMs, body: parsed(text) }
  } catch {
    return { status: 0, retryAfterMs: 0, body: undefined }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
