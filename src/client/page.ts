import type { SnapshotData } from '../model/snapshot.ts'

/**
 * A snapshot as a `<script>` element for a page that a server renders. It is data: nothing runs, so a Content Security Policy
 * has nothing to say about it. No text in it can end the element or begin another.
 *
 * @example `<body>${html}${snapshotScript(client.snapshot())}<script type="module" src="/page.js"></script></body>`
 */
export const snapshotScript = (snapshot: SnapshotData): string =>
  `<script type="application/json" id="guidon">${JSON.stringify(snapshot).replace(/</g, '\\u003c')}</script>`

/** The JSON in an element of the page. Throws where there is none. */
// biome-ignore lint/suspicious/noExplicitAny: as JSON.parse.
export const readJson = (selector: string): any => JSON.parse(document.querySelector(selector)!.textContent!)

/** The snapshot that came with the page, for the client's option `snapshot`. `undefined` where there is none. */
export const readSnapshot = (): SnapshotData | undefined => {
  try {
    return readJson('#guidon')
  } catch {
    return
  }
}
