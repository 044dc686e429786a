/**
 * Config handle: the shared config that an app uses. The handle reads the local replica, and writes through the driver of this
 * member's spaces.
 *
 * Events fire after the step that caused them, when the view is up to date.
 */
import type { TypedEventTarget } from 'main-event'
import { checkSignal } from '../api/call-options.ts'
import type { Config, ConfigEvents, ConfigVersion } from '../api/config.ts'
import type { CheckValue } from '../api/config-schema.ts'
import { NotRunningError, StorageError } from '../api/errors.ts'
import type { HeldBy, HeldByOptions } from '../api/held-by.ts'
import type { Store } from '../api/store.ts'
import type { Version } from '../config/config-conflicts.ts'
import { ConfigReplica } from '../config/config-replica.ts'
import { AppEvents } from '../runtime/app-events.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { endAppOpenings } from '../runtime/handle-openings.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import type { WriterList, WriterRule } from '../spaces/writer-rule.ts'
import type { FactStorage } from '../storage/fact-storage.ts'
import { ConfigHistories } from './config-histories.ts'
import { ConfigView, watchKey } from './config-view.ts'
import { checkConfigKey } from './config-write-checks.ts'
import { ConfigWriter } from './config-writer.ts'
import { ConflictReports } from './conflict-reports.ts'
import { SyncWaiters } from './sync-waiters.ts'

type Values = Record<string, unknown>

export interface ConfigHandleOptions {
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly self: string
  readonly driver: SpacesDriver
  readonly notifications: AppNotifications
  readonly check: CheckValue
  readonly writers: WriterList
  readonly mayWrite: WriterRule
  /** The encoded grants of this member; undefined: the cluster has no authority. */
  readonly grants: () => Uint8Array | undefined
  readonly retentionMs: number
  readonly storage: FactStorage
  /** The local member's incarnation. */
  readonly incarnation: number
  readonly heldBy: (options: HeldByOptions | undefined) => Promise<HeldBy>
  readonly onLeave: () => void
}

export class ConfigHandle implements Config<undefined, Values, Values>, SpaceListener {
  readonly name: string
  readonly #options: ConfigHandleOptions
  readonly #replica: ConfigReplica
  readonly #events: AppEvents<ConfigEvents<unknown>>
  readonly #histories: ConfigHistories
  readonly #view: ConfigView
  readonly #conflicts: ConflictReports
  readonly #writer: ConfigWriter
  /** Keys that changed since the last step, with the entries that arrived. */
  readonly #touched = new Map<string, Version[]>()
  readonly #syncWaiters: SyncWaiters
  /** Ends the rewriting of entries that the store lost. */
  #removeSource: () => void = () => {}
  #isOpen = true

  private constructor(options: ConfigHandleOptions) {
    const { name, self, mayWrite, retentionMs, check, notifications, driver, space, storage } = options
    this.name = name
    this.#options = options
    this.#syncWaiters = new SyncWaiters(notifications.clock, () => driver.requestFactIds(space))
    this.#events = new AppEvents(notifications)
    const replica = new ConfigReplica({
      self,
      mayWrite,
      retentionMs,
      merged: ({ entry }) => {
        const { key } = entry.fact
        this.#touched.set(key, [...(this.#touched.get(key) ?? []), entry])
      },
      quarantined: ({ fact: { key } }) => this.#touched.set(key, this.#touched.get(key) ?? []),
      dropped: stored => storage.write([{ type: 'removed', stored }]),
      forgotten: key => this.#touched.set(key, this.#touched.get(key) ?? []),
    })
    this.#replica = replica
    this.#histories = new ConfigHistories(replica.entries, notifications)
    this.#view = new ConfigView(this.#histories, check, notifications)
    this.#conflicts = new ConflictReports(replica.entries, this.#histories)
    this.#writer = new ConfigWriter(options, replica, this)
  }

  /** Opens the config with its stored entries. @throws {StorageError} the entries are damaged; the store is unchanged */
  static async open(options: ConfigHandleOptions): Promise<ConfigHandle> {
    const { storage, notifications, driver, space, incarnation } = options
    const handle = new ConfigHandle(options)
    const stored = await storage.load()
    if (!(await driver.areSigned(space, stored)))
      throw new StorageError(
        `the store contains entries of '${options.name}' without a valid signature. It is damaged, or the authority of the cluster was replaced: give this member another storage`,
      )
    const surplus = handle.#replica.restore(stored, notifications.clock.now())
    storage.write(surplus.map(each => ({ type: 'removed', stored: each })))
    // Stored entries cause no events: the app received those when the entries arrived.
    for (const key of handle.#touched.keys()) {
      handle.#view.update(key)
      handle.#conflicts.take(key)
    }
    handle.#touched.clear()
    const { entries, facts } = handle.#replica
    facts.watch(change => {
      if (change.type === 'added' || !entries.isQuarantined(change.stored)) storage.write([change])
    })
    handle.#removeSource = storage.addSource(() => [...facts.all(), ...entries.allQuarantined])
    notifications.step(() => {
      driver.enter(space, handle.#replica, handle, incarnation)
      handle.stepped()
    })
    return handle
  }

  get canWrite(): boolean {
    return this.#writer.canWrite
  }

  get events(): TypedEventTarget<ConfigEvents<unknown>> {
    return this.#events
  }

  get entries(): Store<Readonly<Values>> {
    return this.#view.store
  }

  get(key: string): unknown {
    return this.#view.get(key)
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#checkOpen()
    await this.#writer.set(key, value)
  }

  async delete(key: string): Promise<void> {
    this.#checkOpen()
    checkConfigKey('delete', key)
    await this.#writer.delete(key)
  }

  watch(key: string, listener: (value: never) => void): () => void {
    return watchKey(this.#events, key, listener)
  }

  history(key: string): readonly ConfigVersion[] {
    checkConfigKey('history', key)
    return this.#histories.versions(key)
  }

  get histories(): Store<ReadonlyMap<string, readonly ConfigVersion[]>> {
    return this.#histories.store
  }

  synced(options?: { signal?: AbortSignal }): Promise<string> {
    // This method is not async, because async would wrap the promise in another one, whose rejection would be
    // unhandled.
    try {
      const signal = checkSignal('synced', options)
      this.#checkOpen()
      return this.#syncWaiters.next(signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async heldBy(options?: HeldByOptions): Promise<HeldBy> {
    this.#checkOpen()
    return this.#options.heldBy(options)
  }

  leave(): void {
    if (!this.#isOpen || endAppOpenings(this) !== 'none') return
    this.close()
    this.#options.driver.leave(this.#options.space)
  }

  /** The member is leaving the cluster: no promise waits for another member any more. */
  endWaits(): void {
    this.#syncWaiters.close(new NotRunningError('the cluster was left: join again'))
  }

  /** Closes the handle without announcing it. The handle cannot be used any more. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#syncWaiters.close(this.#leftError())
    this.#options.onLeave()
    this.stored().then(this.#removeSource, this.#removeSource)
  }

  /** Resolves when all entries so far are stored. @throws {StorageError} */
  stored(): Promise<void> {
    return this.#options.storage.stored()
  }

  factsAgreed(memberId: string): void {
    this.#syncWaiters.resolve(memberId)
  }

  stepped(): void {
    this.#writer.rewrite()
    const touched = [...this.#touched]
    if (touched.length === 0) return
    this.#touched.clear()
    for (const [key, arrived] of touched) {
      this.#histories.changed(key)
      const change = this.#view.update(key)
      if (change) this.#events.emit('change', change)
      for (const conflict of this.#conflicts.take(key)) this.#events.emit('conflict', conflict)
      const known = this.#histories.versions(key)
      const versions = arrived.map(version => this.#histories.describe(version, known))
      for (const rejection of this.#view.rejections(key, versions)) this.#events.emit('rejected', rejection)
    }
    this.#view.store.refresh()
    this.#histories.store.refresh()
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw this.#leftError()
  }

  #leftError(): NotRunningError {
    return new NotRunningError(`the config '${this.name}' was left: open it again`)
  }
}
