/** Served configs: the shared configs that one view has open, and its calls on them within its rights. */
import type { Cluster, Config, Json } from '@hearsay/core'
import { NotRunningError } from '@hearsay/core/app'
import type { OpenedConfig, SentConfigOptions } from '../config-calls.ts'
import { historiesCodec } from '../table-codecs.ts'
import { EndableCalls } from './endable-calls.ts'
import type { ViewRights } from './rights.ts'
import { StoreMirror } from './store-mirror.ts'
import type { ViewQueue } from './view-queue.ts'
import type { NumberedSpace, ViewSubscriptions } from './view-subscriptions.ts'

export interface ServedConfigsOptions {
  readonly cluster: Cluster
  readonly rights: ViewRights
  readonly queue: ViewQueue
  readonly subscriptions: ViewSubscriptions
}

interface OpenConfig {
  readonly config: Config
  readonly isWritable: boolean
  /** The pending calls of `synced`. */
  readonly syncs: EndableCalls
}

export class ServedConfigs {
  readonly #options: ServedConfigsOptions
  readonly #open = new Map<number, OpenConfig>()

  constructor(options: ServedConfigsOptions) {
    this.#options = options
  }

  async open(space: NumberedSpace, options: SentConfigOptions): Promise<OpenedConfig> {
    const { cluster, rights, subscriptions, queue } = this.#options
    const { number, name } = space
    const access = rights.config(name)
    rights.check(access === 'read' || access === 'write', `config '${name}'`)
    // Pass on only these options: a schema cannot be sent over a port.
    const { writers, retentionMs } = options
    const known = {
      ...(writers !== undefined && { writers }),
      ...(retentionMs !== undefined && { retentionMs }),
    }
    const config = await subscriptions.open(space, () => cluster.config(name, known))
    const isWritable = access === 'write'
    const open: OpenConfig = { config, isWritable, syncs: new EndableCalls('synced') }
    this.#open.set(number, open)
    subscriptions.onClose(number, () => {
      this.#open.delete(number)
      open.syncs.endAll()
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
    return syncs.run(call, signal => this.#shown(config.synced({ signal })))
  }

  endSynced(number: number, call: number): void {
    this.#open.get(number)?.syncs.end(call)
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
