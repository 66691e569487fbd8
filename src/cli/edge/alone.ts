import { untilAborted } from '../until-aborted.ts'
import { openBackOffice } from './back-office.ts'
import { createFrontDesk } from './front-desk.ts'
import type { Log } from './log.ts'
import { ages, createMetrics, prometheus } from './metrics.ts'
import type { EdgeSettings } from './settings.ts'

/** The edge in one process. Ends, in peace, when it is told to stop. */
export async function alone(settings: EdgeSettings, log: Log, stop: AbortSignal): Promise<void> {
  const metrics = createMetrics()
  const answered = new Map<string, number>()
  const office = await openBackOffice({ settings, log, metrics })
  const desk = createFrontDesk({
    settings,
    log,
    metrics,
    office,
    answered,
    scrape: async () => prometheus(metrics.numbers(), office.numbers(), ages(answered)),
  })
  try {
    await office.follow({
      serve: desk.replace,
      onAnswer: (clientKey) => answered.set(clientKey, Date.now()),
    })
    const url = await desk.open()
    log('info', 'started', { url: `${url}api/v1/`, environments: settings.environments.length })
    await untilAborted(stop)
    log('info', 'stopping')
    await desk.close()
  } finally {
    await office.close()
  }
  log('info', 'stopped')
}
