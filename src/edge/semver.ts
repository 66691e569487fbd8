/** A semantic version, taken apart. Build metadata is left out: it never counts in a comparison. */
export interface Version {
  readonly release: readonly number[]
  readonly prerelease: readonly (string | number)[]
}

const number = '0|[1-9]\\d*'
const label = `(?:${number}|\\d*[a-zA-Z-][\\da-zA-Z-]*)`
const build = '[\\da-zA-Z-]+'
const pattern = new RegExp(
  `^v?(${number})\\.(${number})\\.(${number})(?:-(${label}(?:\\.${label})*))?(?:\\+${build}(?:\\.${build})*)?$`,
)

let lastText: string | undefined
let lastVersion: Version | undefined

/** Reads `1.2.3`, `v1.2.3-beta.1+build.5`; `undefined` for whatever is not a full semantic version. */
export function parseVersion(text: string): Version | undefined {
  // Many segments ask about one trait in turn.
  if (text !== lastText) {
    lastVersion = read(text)
    lastText = text
  }
  return lastVersion
}

function read(text: string): Version | undefined {
  // The limit of the npm package, on which the public engine builds. It also bounds the work of the pattern.
  const [, major, minor, patch, prerelease] = (text.length <= 256 && pattern.exec(text.trim())) || []
  const release = [major, minor, patch].map(Number)
  if (!release.every(Number.isSafeInteger)) return undefined
  const labels = prerelease?.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  return { release, prerelease: labels ?? [] }
}

/** Below zero when `a` comes before `b`, zero when they are equal, above zero when it comes after. */
export function compareVersions(a: Version, b: Version): number {
  return (
    compareLists(a.release, b.release) ||
    // 1.0.0-beta comes before 1.0.0, though the shorter list comes first otherwise.
    Number(b.prerelease.length > 0) - Number(a.prerelease.length > 0) ||
    compareLists(a.prerelease, b.prerelease)
  )
}

function compareLists(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareLabels(a[index]!, b[index]!)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Numbers by size and before words, words by their characters. */
function compareLabels(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}
