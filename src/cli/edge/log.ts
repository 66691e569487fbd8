export type Level = 'debug' | 'info' | 'warning' | 'error'

/** Facts of an event. Keys of environments at most: no identifier, no trait, no server-side key, nothing of a request's query. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Writes an event, in one line. */
export type Log = (level: Level, event: string, facts?: Facts) => void

const LEVELS: readonly Level[] = ['debug', 'info', 'warning', 'error']

export interface LogOptions {
  readonly format: 'json' | 'text'
  /** What is less than this is not written. */
  readonly level: Level
  readonly write: (line: string) => void
  /** @default the clock's */
  readonly now?: () => Date
}

export const createLog =
  ({ format, level: least, write, now = () => new Date() }: LogOptions): Log =>
  (level, event, facts = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return
    const time = now().toISOString()
    if (format === 'json') return write(JSON.stringify({ time, level, event, ...facts }))
    const said = Object.entries(facts).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [`${name}=${/^[^\s"=]+$/.test(String(value)) ? value : JSON.stringify(value)}`],
    )
    write([time, level, event.replaceAll('_', ' '), ...said].join(' '))
  }
