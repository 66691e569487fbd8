/** A body as it comes, up to a number of bytes. */
export interface LimitedBody {
  /** Takes a piece. False when there are more bytes than allowed now; then nothing of them is held any more. */
  add(piece: Uint8Array): boolean
  /** The whole of it. */
  bytes(): Uint8Array<ArrayBuffer>
}

export function limitedBody(maxBytes: number): LimitedBody {
  const pieces: Uint8Array[] = []
  let length = 0
  return {
    add(piece) {
      length += piece.byteLength
      if (length <= maxBytes) pieces.push(piece)
      else pieces.length = 0
      return length <= maxBytes
    },
    bytes() {
      // Most bodies come in one piece, which need not be copied.
      if (pieces.length === 1) return pieces[0] as Uint8Array<ArrayBuffer>
      const bytes = new Uint8Array(length)
      let at = 0
      for (const piece of pieces) {
        bytes.set(piece, at)
        at += piece.byteLength
      }
      return bytes
    },
  }
}

/** The bytes of a request; undefined when there are more than allowed. Rejects when the sender is gone. */
export async function limitedBytes(
  { headers, body: stream }: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(headers.get('Content-Length')) > maxBytes) return undefined
  const body = limitedBody(maxBytes)
  const reader = stream?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) return body.bytes()
    if (body.add(value)) continue
    // Not waited for: the refusal need not wait until the sender has understood.
    reader?.cancel().catch(() => {})
    return undefined
  }
}
