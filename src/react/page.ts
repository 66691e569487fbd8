import type { SnapshotData } from 'guidon'

/**
 * A snapshot as a `<script>` element for a page that a server renders. It is data: nothing runs, so a Content Security Policy
 * has nothing to say about it. No text in it can end the element or begin another.
 *
 * @example `<body><div id="root">${html}</div>${snapshotScript(client.snapshot())}</body>`
 */
export const snapshotScript = (snapshot: SnapshotData): string =>
  `<script type="application/json" id="guidon">${JSON.stringify(snapshot).replace(/</g, '\\u003c')}</script>`

/** The snapshot that came with the page, for the client's option `snapshot`. `undefined` where there is none. */
export const readSnapshot = (): SnapshotData | undefined => {
  try {
    return JSON.parse(document.getElementById('guidon')!.textContent!)
  } catch {
    return
  }
}
