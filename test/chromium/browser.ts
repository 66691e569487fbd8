import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import packed from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** The Chromium that npm brought along (it unpacks itself into the temporary folder), or the one that is named. */
const executable = () => process.env.GUIDON_CHROMIUM ?? packed.executablePath()

/**
 * Not the arguments that come with the packed Chromium: they switch off web security, and with it CORS, and put page and
 * browser into one process. Here the browser is to be as strict as a user's, and to see nothing but this machine.
 */
const args = [
  '--no-sandbox', // a container's root has none
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** A browser whose every context is a device that nobody has used before, in a private window. */
export const launch = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await executable(), args })

/** A browser with a profile on the disk, to be killed. */
export interface Profile {
  readonly browser: Browser
  /** `kill -9` for the browser and all its processes: nothing gets to say goodbye. */
  kill(): Promise<void>
  /** Ends it as a user does. */
  quit(): Promise<void>
}

export const launchProfile = async (folder: string): Promise<Profile> => {
  const child = spawn(
    await executable(),
    [...args, '--headless', '--remote-debugging-port=0', `--user-data-dir=${folder}`],
    // A group of its own, so that its helpers can be killed with it.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const browser = await chromium.connectOverCDP(await addressOf(child))
  const ended = once(child, 'exit')
  return {
    browser,
    async kill() {
      process.kill(-child.pid!, 'SIGKILL')
      await ended
    },
    async quit() {
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.close').catch(() => {})
      await ended
    },
  }
}

const addressOf = async (child: ChildProcess): Promise<string> => {
  for await (const line of createInterface(child.stderr!)) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (address) {
      child.stderr!.resume()
      return address
    }
  }
  throw new Error('Chromium ended before it could be reached.')
}
