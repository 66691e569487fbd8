/** What a command needs of the terminal it runs in, so that a test can be one. */
export interface Terminal {
  /** What `--version` says. */
  readonly version?: string
  /** Says a line to whoever reads the result. */
  out(line: string): void
  /** Says a line to whoever reads the complaints. */
  err(line: string): void
  /** Ctrl+C and its like. */
  readonly stop: AbortSignal
  /** Listens to the lines that somebody types, and gives back its end. Nothing where nobody sits. */
  onLine?(listener: (line: string) => void): (() => void) | undefined
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that file names are relative to. */
  readonly cwd: string
}
