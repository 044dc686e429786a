/**
 * Leases: things that are got once by name, however many hold them, and given back when nobody does.
 *
 * Not at once: StrictMode, and a page that replaces another, let go of what they take up again a moment later. What
 * failed is forgotten in the same way, so whoever asks later tries again.
 */
import { failed, joining, type Outcome } from './outcome.ts'
import type { Source } from './source.ts'

/** Our choice: long enough for the next page to load, and nobody is missed for longer. */
export const lingerMs = 1_000

interface Entry<T> {
  readonly name: string
  readonly terms: unknown
  outcome: Outcome<T>
  settled: Promise<void>
  holders: number
  linger: ReturnType<typeof setTimeout> | undefined
}

export class Leases<T> {
  readonly #giveBack: (value: T) => unknown
  readonly #entries = new Map<string, Entry<T>>()
  readonly #listeners = new Set<() => void>()

  constructor(giveBack: (value: T) => unknown) {
    this.#giveBack = giveBack
  }

  /** @param terms what it is got by: all who share it must name the same */
  source(name: string, get: () => Promise<T>, terms?: unknown): Source<T> {
    const refused = failed(`'${name}' is in use with other options: define it once, outside of components`)
    return {
      getSnapshot: () => {
        const entry = this.#entries.get(name)
        if (!entry) return joining
        return entry.terms === terms ? entry.outcome : refused
      },
      subscribe: listener => {
        const call = () => listener()
        this.#listeners.add(call)
        return () => this.#listeners.delete(call)
      },
      hold: () => {
        const entry = this.#open(name, get, terms)
        entry.holders += 1
        clearTimeout(entry.linger)
        return () => {
          entry.holders -= 1
          this.#endLater(entry)
        }
      },
      settled: () => {
        const entry = this.#open(name, get, terms)
        this.#endLater(entry)
        return entry.settled
      },
    }
  }

  #open(name: string, get: () => Promise<T>, terms: unknown): Entry<T> {
    const open = this.#entries.get(name)
    if (open) return open
    const entry: Entry<T> = {
      name,
      terms,
      outcome: joining,
      settled: Promise.resolve(),
      holders: 0,
      linger: undefined,
    }
    this.#entries.set(name, entry)
    entry.settled = this.#settle(entry, get)
    return entry
  }

  async #settle(entry: Entry<T>, get: () => Promise<T>): Promise<void> {
    try {
      entry.outcome = { type: 'ready', value: await get() }
    } catch (error) {
      entry.outcome = failed(error)
    }
    this.#tell()
  }

  /** Never while it is under way: the same would be got twice, and one of them given back. */
  #endLater(entry: Entry<T>): void {
    void entry.settled.then(() => {
      clearTimeout(entry.linger)
      if (entry.holders === 0) entry.linger = setTimeout(() => this.#end(entry), lingerMs)
    })
  }

  #end({ name, outcome }: Entry<T>): void {
    this.#entries.delete(name)
    if (outcome.type === 'ready') this.#giveBack(outcome.value)
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
