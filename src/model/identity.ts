/** Who the flags are for. `id` is what the server is told, after the guards. */
export interface Identity {
  readonly id: string
  /** Known to nobody: sent with `transient: true`, and nothing of it is kept, neither here nor on the server. */
  readonly transient?: boolean
}
