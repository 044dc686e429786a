/**
 * Reference-counted resources: each resource has a name, is acquired once, and is shared by all components
 * that retain it. When no component retains the resource any more, it is released.
 *
 * The release is delayed, because React's StrictMode and a change of pages release a resource and retain it
 * again a moment later. A failed resource is removed without delay when its last user releases it, so the
 * next user tries again.
 */
import { type AsyncState, failed, pending, type Resource } from './resource.ts'

/**
 * Our choice: long enough for the next page to load, and short enough that other members do not wait for a
 * leave.
 */
export const releaseDelayMs = 1_000

interface ResourceSlot<T> {
  readonly name: string
  readonly options: unknown
  state: AsyncState<T>
  /** Other options with which components requested the resource while it was in use. */
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

  /** @param options what the resource is acquired with; all users of a name must pass the same value */
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

  /**
   * Returns the resource. Acquires a new one if there is none, or if the present one is unused and has other
   * options.
   */
  #open(name: string, get: () => Promise<T>, options: unknown): ResourceSlot<T> {
    const open = this.#slots.get(name)
    if (open && open.options === options) return open
    if (open && open.refCount > 0) {
      open.rejectedOptions.add(options)
      this.#notify()
      return open
    }
    // An open resource here is unused and has other options: a room has got another secret, or the code that
    // defines the options was reloaded.
    if (open) this.#end(open)
    const ended = open?.settled
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
    // The new resource waits until the old one has been acquired and released.
    entry.settled = this.#settle(entry, ended ? () => ended.then(get) : get)
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

  /**
   * Waits for a pending acquisition. Otherwise the resource could be acquired twice, and one of the two would be
   * released.
   */
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

  /** Logs a failure: the components that used the resource are unmounted and cannot receive it. */
  async #released(name: string, value: T): Promise<void> {
    try {
      await this.#release(value)
    } catch (error) {
      console.error(`@hearsay/react: '${name}' could not be released:`, error)
    }
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
