import type { MaybePromise, Storage } from 'guidon'

/**
 * A storage in memory that does what devices do: answers late, or not at all, is denied, is full, or gives back what nobody
 * wrote. It begins as a good one, which answers at once.
 *
 * @example
 * const storage = new FakeStorage()
 * storage.deny()
 * testClient({ storage }) // works, and keeps nothing
 */
export class FakeStorage implements Storage {
  /** The keys that were written, in order. */
  readonly writes: string[] = []
  readonly #texts: Map<string, string>
  readonly #held: (() => void)[] = []
  #answersLater = false
  #isHeld = false
  #isDenied = false
  #room = Number.POSITIVE_INFINITY

  /** @param texts what an earlier session left: a `dump()`. */
  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map(Object.entries(texts))
  }

  get(key: string): MaybePromise<string | undefined> {
    return this.#answer(() => this.#texts.get(key))
  }

  set(key: string, text: string): MaybePromise<void> {
    return this.#answer(() => {
      let used = key.length + text.length
      for (const [other, kept] of this.#texts) if (other !== key) used += other.length + kept.length
      if (used > this.#room) throw failure('QuotaExceededError', `no room for ${used} characters`)
      this.writes.push(key)
      this.#texts.set(key, text)
    })
  }

  delete(key: string): MaybePromise<void> {
    return this.#answer(() => void this.#texts.delete(key))
  }

  keys(): MaybePromise<string[]> {
    return this.#answer(() => [...this.#texts.keys()])
  }

  /** From now on it answers with promises, a moment later, as IndexedDB and AsyncStorage do. */
  answerLater(): void {
    this.#answersLater = true
  }

  /** From now on it is slow: whatever is asked waits, and is not done, … */
  hold(): void {
    this.#isHeld = true
  }

  /** … until this. Who never calls it has a storage that hangs. */
  release(): void {
    this.#isHeld = false
    for (const go of this.#held.splice(0)) go()
  }

  /** From now on each call throws (or rejects, when it answers later), as where the user allows no storage. */
  deny(): void {
    this.#isDenied = true
  }

  /** From now on there is room for so many characters, keys included, and a write beyond them throws. Default: 0. */
  fill(room = 0): void {
    this.#room = room
  }

  /** Changes each text that is kept. Default: its second half is lost. */
  corrupt(change: (text: string, key: string) => string = (text) => text.slice(0, text.length / 2)): void {
    for (const [key, text] of this.#texts) this.#texts.set(key, change(text, key))
  }

  /** A good one again, with the texts there are. */
  recover(): void {
    this.#answersLater = this.#isDenied = false
    this.#room = Number.POSITIVE_INFINITY
    this.release()
  }

  /** All that is kept, by key: for a test to look through, or to begin another from. */
  dump(): Record<string, string> {
    return Object.fromEntries(this.#texts)
  }

  #answer<T>(operate: () => T): MaybePromise<T> {
    const attempt = () => {
      if (this.#isDenied) throw failure('SecurityError', 'storage is denied')
      return operate()
    }
    if (this.#isHeld) return new Promise<void>((resolve) => this.#held.push(resolve)).then(attempt)
    return this.#answersLater ? Promise.resolve().then(attempt) : attempt()
  }
}

const failure = (name: string, message: string) => Object.assign(new Error(message), { name })
