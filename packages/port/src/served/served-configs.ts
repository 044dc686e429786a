/** Served configs: the shared configs that one view has open, and its calls on them within its rights. */
import type { Cluster, Config, Json } from '@hearsay/core'
import { InvalidOptionsError, NotRunningError } from '@hearsay/core/app'
import type { OpenedConfig, SentConfigOptions } from '../config-calls.ts'
import { historiesCodec } from '../table-codecs.ts'
import type { ViewRights } from './rights.ts'
import type { SharedSpaces } from './shared-spaces.ts'
import { StoreMirror } from './store-mirror.ts'
import type { ViewQueue } from './view-queue.ts'
import type { NumberedSpace, ViewSubscriptions } from './view-subscriptions.ts'

export interface ServedConfigsOptions {
  readonly cluster: Cluster
  readonly configs: SharedSpaces<Config>
  readonly rights: ViewRights
  readonly queue: ViewQueue
  readonly subscriptions: ViewSubscriptions
}

/** Our choice: far more calls than an app makes at the same time. */
const maxSyncs = 256

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

  async open(space: NumberedSpace, options: SentConfigOptions): Promise<OpenedConfig> {
    const { cluster, rights, subscriptions, configs, queue } = this.#options
    const { number, name } = space
    const access = rights.config(name)
    rights.check(access === 'read' || access === 'write', `config '${name}'`)
    // Pass on only these options: a schema cannot be sent over a port.
    const { writers, retentionMs } = options
    const known = {
      ...(writers !== undefined && { writers }),
      ...(retentionMs !== undefined && { retentionMs }),
    }
    const config = await subscriptions.open(space, configs, () => cluster.config(name, known))
    const isWritable = access === 'write'
    const open: OpenConfig = { config, isWritable, syncs: new Map() }
    this.#open.set(number, open)
    subscriptions.onClose(number, () => {
      this.#open.delete(number)
      for (const sync of open.syncs.values()) sync.abort()
    })
    const mirror = new StoreMirror(config.histories, historiesCodec().write, () => queue.changed())
    subscriptions.mirror(number, 'histories', mirror)
    subscriptions.listen(number, config.events, 'conflict')
    subscriptions.watch([number, 'histories'], true)
    await queue.sent()
    return { isWritable }
  }

  /** The config that the view has opened under this number. */
  opened(number: number): Config | undefined {
    return this.#open.get(number)?.config
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
    if (syncs.size >= maxSyncs)
      throw new InvalidOptionsError(`synced: this view has ${maxSyncs} pending calls of synced already`)
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
