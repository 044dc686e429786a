/**
 * Leases: things that are got once by name, however many hold them, and given back when nobody does.
 *
 * Not at once: StrictMode, and a page that replaces another, let go of what they take up again a moment later. What
 * failed is forgotten at once when the last one lets go of it, so whoever takes it up again tries again.
 */
import { failed, joining, type Outcome } from './async-state.ts'
import type { Source } from './resource.ts'

/** Our choice: long enough for the next page to load, and nobody is missed for longer. */
export const lingerMs = 1_000

interface Entry<T> {
  readonly name: string
  readonly terms: unknown
  outcome: Outcome<T>
  /** Asked for by other terms, while it was held by these. */
  readonly refused: Set<unknown>
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
        if (entry.terms === terms) return entry.outcome
        return entry.refused.has(terms) ? refused : joining
      },
      subscribe: listener => {
        const call = () => listener()
        this.#listeners.add(call)
        return () => this.#listeners.delete(call)
      },
      hold: () => {
        const entry = this.#open(name, get, terms)
        if (entry.terms !== terms) return () => {}
        entry.holders += 1
        clearTimeout(entry.linger)
        return () => {
          entry.holders -= 1
          if (entry.holders === 0 && entry.outcome.type === 'failed') this.#end(entry)
          else this.#endLater(entry)
        }
      },
      settled: () => {
        const entry = this.#open(name, get, terms)
        if (entry.terms === terms) this.#endLater(entry)
        return entry.settled
      },
    }
  }

  /** What is there; got anew if there is nothing, or something by other terms that nobody holds. */
  #open(name: string, get: () => Promise<T>, terms: unknown): Entry<T> {
    const open = this.#entries.get(name)
    if (open && open.terms === terms) return open
    if (open && open.holders > 0) {
      open.refused.add(terms)
      this.#tell()
      return open
    }
    // Nobody holds it by its old terms any more, as when the code that defines them was loaded anew.
    if (open) this.#end(open)
    const entry: Entry<T> = {
      name,
      terms,
      outcome: joining,
      refused: new Set(),
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
      const value = await get()
      if (this.#entries.get(entry.name) !== entry) return await this.#part(entry.name, value)
      entry.outcome = { type: 'ready', value }
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

  #end(entry: Entry<T>): void {
    const { name, outcome } = entry
    if (this.#entries.get(name) !== entry) return
    this.#entries.delete(name)
    if (outcome.type === 'ready') void this.#part(name, outcome.value)
    this.#tell()
  }

  /** Whoever held it is gone, and hears of nothing any more. */
  async #part(name: string, value: T): Promise<void> {
    try {
      await this.#giveBack(value)
    } catch (error) {
      console.error(`@hearsay/react: '${name}' was not left as it should be:`, error)
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
