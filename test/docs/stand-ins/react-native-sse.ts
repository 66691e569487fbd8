import type { EventSourceLike } from 'guidon/live'

/** A stream that never says anything. */
export default class EventSource implements EventSourceLike {
  constructor(readonly url: string) {}
  addEventListener(): void {}
  close(): void {}
}
