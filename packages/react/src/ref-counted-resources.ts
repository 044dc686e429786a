/**
 * Leases: things that are got once by name, however many hold them, and given back when nobody does.
 *
 * Not at once: StrictMode, and a page that replaces another, let go of what they take up again a moment later. What
 * failed is forgotten at once when the last one lets go of it, so whoever takes it up again tries again.
 */
import { type AsyncState, failed, pending } from './async-state.ts'
import type { Resource } from './resource.ts'

/** Our choice: long enough for the next page to load, and nobody is missed for longer. */
export const releaseDelayMs = 1_000

interface ResourceSlot<T> {
  readonly name: string
  readonly options: unknown
  state: AsyncState<T>
  /** Asked for by other terms, while it was held by these. */
  readonly rejectedOptions: Set<unknown>
  settled: Promise<void>
  refCount: number
  releaseTimer: ReturnType<typeof setTimeout> | undefined
}

export class RefCountedResources<T> {
  readonly #release: (value: T) => unknown
  readonly #slots = new Map<string, ResourceSlot<T>>()
  readonly #listeners = new Set<() => void>()

  constructor(release: (value: T) => unknown) {
    this.#release = release
  }

  /** @param options what it is got by: all who share it must name the same */
  resource(name: string, get: () => Promise<T>, options?: unknown): Resource<T> {
    const rejectedOptions = failed(
      `'${name}' is in use with other options: define it once, outside of components`,
    )
    return {
      getSnapshot: () => {
        const entry = this.#slots.get(name)
        if (!entry) return pending
        if (entry.options === options) return entry.state
        return entry.rejectedOptions.has(options) ? rejectedOptions : pending
      },
      subscribe: listener => {
        const call = () => listener()
        this.#listeners.add(call)
        return () => this.#listeners.delete(call)
      },
      retain: () => {
        const entry = this.#open(name, get, options)
        if (entry.options !== options) return () => {}
        entry.refCount += 1
        clearTimeout(entry.releaseTimer)
        return () => {
          entry.refCount -= 1
          if (entry.refCount === 0 && entry.state.type === 'failed') this.#end(entry)
          else this.#endLater(entry)
        }
      },
      whenSettled: () => {
        const entry = this.#open(name, get, options)
        if (entry.options === options) this.#endLater(entry)
        return entry.settled
      },
    }
  }

  /** What is there; got anew if there is nothing, or something by other terms that nobody holds. */
  #open(name: string, get: () => Promise<T>, options: unknown): ResourceSlot<T> {
    const open = this.#slots.get(name)
    if (open && open.options === options) return open
    if (open && open.refCount > 0) {
      open.rejectedOptions.add(options)
      this.#notify()
      return open
    }
    // Nobody holds it by its old terms any more, as when the code that defines them was loaded anew.
    if (open) this.#end(open)
    const entry: ResourceSlot<T> = {
      name,
      options,
      state: pending,
      rejectedOptions: new Set(),
      settled: Promise.resolve(),
      refCount: 0,
      releaseTimer: undefined,
    }
    this.#slots.set(name, entry)
    entry.settled = this.#settle(entry, get)
    return entry
  }

  async #settle(entry: ResourceSlot<T>, get: () => Promise<T>): Promise<void> {
    try {
      const value = await get()
      if (this.#slots.get(entry.name) !== entry) return await this.#released(entry.name, value)
      entry.state = { type: 'ready', value }
    } catch (error) {
      entry.state = failed(error)
    }
    this.#notify()
  }

  /** Never while it is under way: the same would be got twice, and one of them given back. */
  #endLater(entry: ResourceSlot<T>): void {
    void entry.settled.then(() => {
      clearTimeout(entry.releaseTimer)
      if (entry.refCount === 0) entry.releaseTimer = setTimeout(() => this.#end(entry), releaseDelayMs)
    })
  }

  #end(entry: ResourceSlot<T>): void {
    const { name, state } = entry
    if (this.#slots.get(name) !== entry) return
    this.#slots.delete(name)
    if (state.type === 'ready') void this.#released(name, state.value)
    this.#notify()
  }

  /** Whoever held it is gone, and hears of nothing any more. */
  async #released(name: string, value: T): Promise<void> {
    try {
      await this.#release(value)
    } catch (error) {
      console.error(`@hearsay/react: '${name}' was not left as it should be:`, error)
    }
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
