/** One tab of the panel. */
export interface View {
  readonly id: string
  readonly title: string
  readonly node: HTMLElement
  /** Shows how things stand. Called while it is to be seen: when something happened, and each second. */
  draw(): void
}
