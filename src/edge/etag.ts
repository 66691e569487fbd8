/**
 * A strong validator for a text: two independent 32-bit hashes in the manner of FNV-1a, and the length. Several times
 * faster than our MD5, and nothing is at stake that a forger could want.
 */
export function etagOf(text: string): string {
  let first = 0x811c9dc5
  let second = 0x9e3779b9
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 0x01000193)
    second = Math.imul(second + code, 0x85ebca6b) ^ (second >>> 15)
  }
  return `"${text.length.toString(36)}-${(first >>> 0).toString(36)}-${(second >>> 0).toString(36)}"`
}

/** Whether an `If-None-Match` header names this validator, or any. */
export function isMatch(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  // A proxy that compresses may have made the validator weak; for a GET that is as good.
  const names = ifNoneMatch.split(',').map((name) => name.trim().replace(/^W\//, ''))
  return names.includes(etag) || names.includes('*')
}
