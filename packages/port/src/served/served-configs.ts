/** Served configs: the shared configs that one view has open, and its calls on them within its rights. */
import type { Cluster, Config, Json } from '@hearsay/core'
import { NotRunningError } from '@hearsay/core/app'
import type { OpenedConfig, SentConfigOptions } from '../config-calls.ts'
import { historiesCodec } from '../tables.ts'
import type { ViewRights } from './rights.ts'
import type { SharedSpaces } from './shared-spaces.ts'
import { StoreMirror } from './store-mirror.ts'
import type { ViewQueue } from './view-queue.ts'

export interface ServedConfigsOptions {
  readonly cluster: Cluster
  readonly configs: SharedSpaces<Config>
  readonly rights: ViewRights
  readonly queue: ViewQueue
  readonly view: ConfigOwner
}

/** The view to which the configs belong. */
export interface ConfigOwner {
  /** @throws {InvalidOptionsError} the number is not free */
  checkNumber(number: number): void
  mirror<T>(owner: number, name: string, mirror: StoreMirror<T>): void
  listen(owner: number, events: object, type: string): void
  /** @param undo called when the view closes the room or config with this number, or ends */
  addUndo(owner: number, undo: () => void): void
  close(owner: number): void
}

interface OpenConfig {
  readonly config: Config
  readonly isWritable: boolean
  /** The pending calls of `synced`, by the number that the view chose. */
  readonly syncs: Map<number, AbortController>
}

export class ServedConfigs {
  readonly #options: ServedConfigsOptions
  readonly #open = new Map<number, OpenConfig>()

  constructor(options: ServedConfigsOptions) {
    this.#options = options
  }

  async open(number: number, name: string, options: SentConfigOptions): Promise<OpenedConfig> {
    const { rights, view, configs, queue } = this.#options
    const access = rights.config(name)
    rights.check(access !== undefined, `config '${name}'`)
    view.checkNumber(number)
    let isClosed = false
    view.addUndo(number, () => {
      isClosed = true
    })
    const config = await this.#enter(number, name, options)
    if (isClosed) {
      configs.leave(name)
      throw new NotRunningError('config: the view has left it already')
    }
    const isWritable = access === 'write'
    const mirror = new StoreMirror(config.histories, historiesCodec().write, () => queue.changed())
    this.#open.set(number, { config, isWritable, syncs: new Map() })
    view.addUndo(number, () => this.#left(number, name))
    view.mirror(number, 'histories', mirror)
    view.listen(number, config.events, 'conflict')
    mirror.watch(true)
    await queue.sent()
    return { isWritable }
  }

  set(number: number, key: string, value: Json): Promise<void> {
    return this.#shown(this.#writable(number, 'set').set(key, value))
  }

  delete(number: number, key: string): Promise<void> {
    return this.#shown(this.#writable(number, 'delete').delete(key))
  }

  /** @returns undefined: the view has ended the call */
  async synced(number: number, call: number): Promise<string | undefined> {
    const { config, syncs } = this.#config(number)
    this.endSynced(number, call)
    const controller = new AbortController()
    const { signal } = controller
    syncs.set(call, controller)
    try {
      return await this.#shown(config.synced({ signal }))
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    } finally {
      if (syncs.get(call) === controller) syncs.delete(call)
    }
  }

  endSynced(number: number, call: number): void {
    this.#open.get(number)?.syncs.get(call)?.abort()
  }

  async #enter(number: number, name: string, options: SentConfigOptions): Promise<Config> {
    const { cluster, configs, view } = this.#options
    // Only these: a schema that crossed a port is none.
    const { writers, retentionMs } = options
    const known = {
      ...(writers !== undefined && { writers }),
      ...(retentionMs !== undefined && { retentionMs }),
    }
    try {
      return await configs.enter(name, () => cluster.config(name, known))
    } catch (error) {
      view.close(number)
      throw error
    }
  }

  #left(number: number, name: string): void {
    for (const sync of this.#open.get(number)?.syncs.values() ?? []) sync.abort()
    this.#open.delete(number)
    this.#options.configs.leave(name)
  }

  /** Settles as the call does, but not before everything that it changed was sent to the view. */
  async #shown<T>(call: Promise<T>): Promise<T> {
    try {
      return await call
    } finally {
      await this.#options.queue.sent()
    }
  }

  #config(number: number): OpenConfig {
    const open = this.#open.get(number)
    if (!open) throw new NotRunningError('the config was left')
    return open
  }

  #writable(number: number, what: string): Config {
    const { config, isWritable } = this.#config(number)
    this.#options.rights.check(isWritable, `${what} in config '${config.name}'`)
    return config
  }
}
