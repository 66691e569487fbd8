/**
 * The edge on all cores. The primary process is the back office, and the workers are front desks: upstream is asked once, however
 * many serve, and one process owns what is on disk.
 *
 *     upstream ◄─► primary ── documents ──► workers ◄─► clients
 *                          ◄── traits, counts, numbers ──
 */
import cluster, { type Worker } from 'node:cluster'
import type { TraitWrites } from '../../edge/create-edge.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { wait } from '../../edge/wait.ts'
import { untilAborted } from '../until-aborted.ts'
import { openBackOffice } from './back-office.ts'
import { createFrontDesk } from './front-desk.ts'
import { createLog, type Log } from './log.ts'
import { ages, createMetrics, type Numbers, ofTheGone, prometheus } from './metrics.ts'
import type { EdgeSettings } from './settings.ts'

/** What the primary tells its workers. */
type Order =
  | { readonly type: 'begin'; readonly settings: EdgeSettings }
  | { readonly type: 'document'; readonly document: EnvironmentDocument }
  | { readonly type: 'answered'; readonly clientKey: string; readonly at: number }
  /** It has all documents that there are. */
  | { readonly type: 'open' }
  /** The answer to a `keep` or a `scrape`. */
  | { readonly type: 'done'; readonly id: number; readonly text?: string; readonly failed?: boolean }
  | { readonly type: 'stop' }

/** What a worker tells the primary. */
type Report =
  /** It listens: what is said earlier is not heard. */
  | { readonly type: 'here' }
  | { readonly type: 'opened'; readonly url: string }
  | { readonly type: 'keep'; readonly id: number; readonly clientKey: string; readonly writes: TraitWrites }
  | { readonly type: 'count'; readonly clientKey: string; readonly counts: Readonly<Record<string, unknown>> }
  | { readonly type: 'numbers'; readonly numbers: Numbers }
  | { readonly type: 'scrape'; readonly id: number }

/** Says to a process of this program that it is a worker. Others have clusters as well. */
const MARK = 'GUIDON_EDGE_WORKER'
export const isWorker = (): boolean => cluster.isWorker && process.env[MARK] !== undefined

const BETWEEN_STARTS_MS = 1_000
const NUMBERS_EVERY_MS = 1_000

/** The primary process. */
export async function withWorkers(settings: EdgeSettings, log: Log, stop: AbortSignal): Promise<void> {
  const metrics = createMetrics()
  const answered = new Map<string, number>()
  const documents = new Map<string, EnvironmentDocument>()
  const numbers = new Map<number, Numbers>()
  const workers = new Set<Worker>()
  const over = new AbortController()
  stop.addEventListener('abort', () => over.abort())
  if (stop.aborted) over.abort()
  const office = await openBackOffice({ settings, log, metrics })

  // A worker that has just gone is no error: its `exit` is told next.
  const tell = (worker: Worker, order: Order) => worker.isConnected() && worker.send(order, () => {})
  const tellAll = (order: Order) => {
    for (const worker of workers) tell(worker, order)
  }

  await office.follow({
    serve(document) {
      documents.set(document.api_key, document)
      tellAll({ type: 'document', document })
    },
    onAnswer(clientKey) {
      const at = Date.now()
      answered.set(clientKey, at)
      tellAll({ type: 'answered', clientKey, at })
    },
  })

  async function hear(worker: Worker, report: Report): Promise<void> {
    if (report.type === 'count') office.count(report.clientKey, report.counts)
    if (report.type === 'numbers') numbers.set(worker.id, report.numbers)
    if (report.type === 'scrape') {
      const text = prometheus(metrics.numbers(), office.numbers(), ages(answered), ...numbers.values())
      tell(worker, { type: 'done', id: report.id, text })
    }
    if (report.type === 'keep') {
      const { id, clientKey, writes } = report
      const failed = await office.keepTraits(clientKey, writes).then(
        () => false,
        () => true,
      )
      tell(worker, { type: 'done', id, failed })
    }
  }

  /** Tells a worker all that there is to know. */
  function begin(worker: Worker): void {
    workers.add(worker)
    tell(worker, { type: 'begin', settings })
    for (const document of documents.values()) tell(worker, { type: 'document', document })
    for (const [clientKey, at] of answered) tell(worker, { type: 'answered', clientKey, at })
    tell(worker, { type: over.signal.aborted ? 'stop' : 'open' })
  }

  /** Starts a worker. Resolves when it has ended, to whether it ever served. */
  function start(onOpened: (url: string) => void): Promise<boolean> {
    const worker = cluster.fork({ [MARK]: '1' })
    log('info', 'worker_started', { pid: worker.process.pid })
    let hasOpened = false
    worker.on('message', (report: Report) => {
      if (report.type === 'here') begin(worker)
      else if (report.type === 'opened') {
        hasOpened = true
        onOpened(report.url)
      } else void hear(worker, report)
    })
    return new Promise((resolve) => {
      worker.once('exit', () => {
        workers.delete(worker)
        numbers.set(worker.id, ofTheGone(numbers.get(worker.id) ?? {}))
        resolve(hasOpened)
      })
    })
  }

  let opened = 0
  let hasFailed = false
  /** One worker after the other, for as long as the edge runs. */
  async function place(): Promise<void> {
    while (!over.signal.aborted) {
      const hasOpened = await start((url) => {
        if (++opened !== settings.workers) return
        const { environments, workers } = settings
        log('info', 'started', { url: `${url}api/v1/`, environments: environments.length, workers })
      })
      if (over.signal.aborted) return
      if (!hasOpened && opened < settings.workers) {
        // It said why. The next one would say the same.
        hasFailed = true
        return over.abort()
      }
      log('error', 'worker_lost')
      await wait(BETWEEN_STARTS_MS, over.signal)
    }
  }
  const places = Array.from({ length: settings.workers }, place)
  await untilAborted(over.signal)
  if (!hasFailed) log('info', 'stopping')
  tellAll({ type: 'stop' })
  await Promise.all(places)
  await office.close()
  if (hasFailed) throw new Error('A worker could not start.')
  log('info', 'stopped')
}

/** A worker process. It ends when the primary says so, or is gone; signals are the primary's to hear. */
export async function worker(write: (line: string) => void): Promise<void> {
  const end = new AbortController()
  const desk = await new Promise<WorkersDesk>((resolve) => {
    let begun: WorkersDesk | undefined
    process.on('message', (order: Order) => {
      if (order.type === 'begin') begun = workersDesk(order.settings, write)
      else if (order.type === 'stop') end.abort()
      else if (order.type === 'open') resolve(begun!)
      else begun?.hear(order)
    })
    end.signal.addEventListener('abort', () => resolve(begun!))
    process.send?.({ type: 'here' } satisfies Report)
  })
  try {
    if (!end.signal.aborted) await desk.open()
    await untilAborted(end.signal)
    await desk.close()
  } finally {
    // What comes from the primary would keep this process.
    cluster.worker?.disconnect()
  }
}

type WorkersDesk = ReturnType<typeof workersDesk>

/** A front desk whose back office is in another process. */
function workersDesk(settings: EdgeSettings, write: (line: string) => void) {
  const log = createLog({ format: settings.logFormat, level: settings.logLevel, write })
  const metrics = createMetrics()
  const answered = new Map<string, number>()
  const asked = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>()
  let lastId = 0

  const tell = (report: Report) => process.send?.(report)
  /** Asks the primary, and waits for its answer. */
  const ask = (reportOf: (id: number) => Report) =>
    new Promise<string>((resolve, reject) => {
      const id = ++lastId
      asked.set(id, { resolve, reject })
      tell(reportOf(id))
    })
  const tellNumbers = () => tell({ type: 'numbers', numbers: metrics.numbers() })

  const desk = createFrontDesk({
    settings,
    log,
    metrics,
    answered,
    office: {
      keepTraits: async (clientKey, writes) =>
        void (await ask((id) => ({ type: 'keep', id, clientKey, writes }))),
      count: (clientKey, counts) => tell({ type: 'count', clientKey, counts }),
    },
    scrape() {
      tellNumbers()
      return ask((id) => ({ type: 'scrape', id }))
    },
  })
  const telling = setInterval(tellNumbers, NUMBERS_EVERY_MS).unref()

  return {
    hear(order: Order): void {
      if (order.type === 'answered') answered.set(order.clientKey, order.at)
      if (order.type === 'document') {
        try {
          desk.replace(order.document)
        } catch {
          log('error', 'document_refused', { environment: order.document.api_key })
        }
      }
      if (order.type === 'done') {
        const waiting = asked.get(order.id)
        asked.delete(order.id)
        if (order.failed) waiting?.reject(new Error('The primary could not do it.'))
        else waiting?.resolve(order.text ?? '')
      }
    },
    async open(): Promise<void> {
      tell({ type: 'opened', url: await desk.open() })
    },
    async close(): Promise<void> {
      await desk.close()
      clearInterval(telling)
    },
  }
}
