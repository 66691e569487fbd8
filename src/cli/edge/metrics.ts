/** Numbers for Prometheus, in its text format: a few counters need no library. */

/** A number under its name and labels, as it will be printed: `requests_total{status="200"}`. */
export type Numbers = Readonly<Record<string, number>>

const METRICS: Readonly<Record<string, readonly [type: 'counter' | 'gauge' | 'histogram', help: string]>> = {
  requests_total: ['counter', 'Requests answered, by route, method and status.'],
  request_seconds: ['histogram', 'Seconds from a request to its answer, by route.'],
  requests_in_flight: ['gauge', 'Requests that are being answered.'],
  streams: ['gauge', 'Open event streams.'],
  heap_bytes: ['gauge', 'Memory of the processes that serve, as JavaScript uses it.'],
  memory_bytes: ['gauge', 'Memory of the processes that serve, as the system counts it.'],
  upstream_requests_total: ['counter', 'Requests sent upstream, by what for and status; 0 is no answer.'],
  document_age_seconds: ['gauge', 'Seconds since upstream last said what the document is, by environment.'],
  document_changes_total: ['counter', 'New documents, by environment.'],
  traits_acknowledged_total: ['counter', 'Traits that were taken for upstream.'],
  traits_delivered_total: ['counter', 'Traits that upstream has taken.'],
  traits_refused_total: ['counter', 'Traits that upstream will not take, and that were dropped.'],
  traits_pending: ['gauge', 'Traits on disk that wait for upstream.'],
}
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

type Labels = Readonly<Record<string, string | number>>

export interface Metrics {
  add(name: string, labels?: Labels, by?: number): void
  /** A counter, for what happens so often that its name is better made once. */
  counter(name: string, labels?: Labels): (by?: number) => void
  /** The same of a histogram, which counts durations. */
  histogram(name: string, labels?: Labels): (seconds: number) => void
  /** A number that is read when somebody wants to know it. */
  gauge(name: string, labels: Labels, read: () => number): void
  numbers(): Numbers
}

interface Histogram {
  readonly name: string
  readonly labels: Labels
  /** How many were in each bucket alone, the last one without an end. */
  readonly counts: number[]
  sum: number
}

export function createMetrics(): Metrics {
  const counters = new Map<string, { value: number }>()
  const gauges = new Map<string, () => number>()
  // Made into numbers when they are asked for: that is seldom, and requests are many.
  const histograms = new Map<string, Histogram>()

  function counter(name: string, labels: Labels = {}): (by?: number) => void {
    const mine = found(counters, keyOf(name, labels), () => ({ value: 0 }))
    return (by = 1) => {
      mine.value += by
    }
  }

  return {
    add: (name, labels, by) => counter(name, labels)(by),
    counter,
    histogram(name, labels = {}) {
      const mine = found(histograms, keyOf(name, labels), () => emptyHistogram(name, labels))
      return (seconds) => {
        const bucket = SECONDS.findIndex((most) => seconds <= most)
        mine.counts[bucket < 0 ? SECONDS.length : bucket]! += 1
        mine.sum += seconds
      }
    },
    gauge: (name, labels, read) => void gauges.set(keyOf(name, labels), read),
    numbers: () =>
      Object.fromEntries([
        ...[...histograms.values()].flatMap((one) => [...numbersOf(one)]),
        ...[...counters].map(([key, { value }]) => [key, value] as const),
        ...[...gauges].map(([key, read]) => [key, read()] as const),
      ]),
  }
}

/** What is kept under a key, made when it is not there yet. */
export function found<K, T>(kept: Map<K, T>, key: K, make: () => T): T {
  let one = kept.get(key)
  if (one === undefined) {
    one = make()
    kept.set(key, one)
  }
  return one
}

function* numbersOf({ name, labels, counts, sum }: Histogram): Generator<[string, number]> {
  let total = 0
  for (const [index, count] of counts.entries()) {
    total += count
    yield [keyOf(`${name}_bucket`, { ...labels, le: SECONDS[index] ?? '+Inf' }), total]
  }
  yield [keyOf(`${name}_sum`, labels), sum]
  yield [keyOf(`${name}_count`, labels), total]
}

const emptyHistogram = (name: string, labels: Labels): Histogram => ({
  name,
  labels,
  counts: Array.from({ length: SECONDS.length + 1 }, () => 0),
  sum: 0,
})

const keyOf = (name: string, labels: Labels): string => {
  const list = Object.entries(labels).map(([label, value]) => `${label}="${escaped(String(value))}"`)
  return list.length > 0 ? `${name}{${list.join(',')}}` : name
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** The numbers of one or of several processes, added up. */
export function prometheus(...all: readonly Numbers[]): string {
  const sums = new Map<string, number>()
  for (const numbers of all) {
    for (const [key, value] of Object.entries(numbers)) sums.set(key, (sums.get(key) ?? 0) + value)
  }
  return Object.entries(METRICS)
    .map(([name, [type, help]]) => {
      const mine = [...sums].filter(([key]) => isOf(key, name, type))
      if (mine.length === 0) return ''
      const lines = mine.map(([key, value]) => `guidon_edge_${key} ${value}\n`)
      return `# HELP guidon_edge_${name} ${help}\n# TYPE guidon_edge_${name} ${type}\n${lines.join('')}`
    })
    .join('')
}

function isOf(key: string, name: string, type: string): boolean {
  const bare = key.replace(/\{.*/s, '')
  return (
    bare === name ||
    (type === 'histogram' && ['bucket', 'sum', 'count'].some((part) => bare === `${name}_${part}`))
  )
}

/** How long ago upstream was heard of. */
export function ages(answered: ReadonlyMap<string, number>): Numbers {
  const ages = createMetrics()
  for (const [environment, at] of answered)
    ages.gauge('document_age_seconds', { environment }, () => (Date.now() - at) / 1_000)
  return ages.numbers()
}

/** What stays of a process that has ended: what it has done, and not what it was doing. */
export const ofTheGone = (numbers: Numbers): Numbers =>
  Object.fromEntries(
    Object.entries(numbers).filter(([key]) => METRICS[key.replace(/\{.*/s, '')]?.[0] !== 'gauge'),
  )
