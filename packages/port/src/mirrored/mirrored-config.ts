/**
 * Mirrored config: a shared config of a view, at the other end of a port.
 *
 * The member's side has no schema. The view checks what it writes, and shows the newest valid entry of each key.
 */
import type { Config, ConfigEvents, ConfigVersion, HeldBy, HeldByOptions, Member, Store } from '@hearsay/core'
import {
  AppEvents,
  type AppNotifications,
  type CheckValue,
  type ConfigSettings,
  ConfigView,
  checkConfigKey,
  checkedEntry,
  checkSignal,
  checkWith,
  checkWriter,
  endAppOpenings,
  givenWriters,
  hasSpaceForKey,
  mayWrite,
  NotAllowedError,
  NotRunningError,
  watchKey,
} from '@hearsay/core/app'
import type { TypedEventTarget } from 'main-event'
import { refusal, reportUnlessEnded, resultOf } from '../answer.ts'
import type { SentConfigOptions } from '../config-calls.ts'
import type { RemoteMember } from '../contract.ts'
import type { TableDiff } from '../table.ts'
import { historiesCodec } from '../table-codecs.ts'
import type { MirroredSpace } from './mirrored-space.ts'
import { MirroredStore } from './mirrored-store.ts'
import { PendingCalls } from './pending-calls.ts'

type Values = Record<string, unknown>

const noVersions: readonly ConfigVersion[] = Object.freeze([])

export interface MirroredConfigOptions {
  readonly name: string
  /** The number of the config in batches and calls. */
  readonly number: number
  readonly settings: ConfigSettings
  /** The id and the roles of this member. */
  readonly self: () => Pick<Member, 'id' | 'roles'>
  readonly notifications: AppNotifications
  readonly member: RemoteMember
  readonly left: () => void
}

export class MirroredConfig implements Config<undefined, Values, Values>, MirroredSpace {
  readonly name: string
  readonly histories: MirroredStore<ReadonlyMap<string, readonly ConfigVersion[]>>
  readonly #options: MirroredConfigOptions
  readonly #check: CheckValue
  readonly #view: ConfigView
  readonly #events: AppEvents<ConfigEvents<unknown>>
  readonly #syncs = new PendingCalls()
  #lastSync = 0
  #state: 'opening' | 'open' | 'left' = 'opening'
  #isWritable = false

  constructor(options: MirroredConfigOptions) {
    const { name, notifications, settings } = options
    this.name = name
    this.#options = options
    this.#check = checkWith(settings.schema)
    this.histories = new MirroredStore(notifications, historiesCodec().read)
    this.#view = new ConfigView({ versions: key => this.#versions(key) }, this.#check, notifications)
    this.#events = new AppEvents(notifications)
  }

  /** False until the member's side has opened the config. */
  get canWrite(): boolean {
    return this.#isWritable && this.#mayMemberWrite()
  }

  get entries(): Store<Readonly<Values>> {
    return this.#view.store
  }

  get events(): TypedEventTarget<ConfigEvents<unknown>> {
    return this.#events
  }

  get(key: string): unknown {
    return this.#view.get(key)
  }

  history(key: string): readonly ConfigVersion[] {
    checkConfigKey('history', key)
    return this.#versions(key)
  }

  #versions(key: string): readonly ConfigVersion[] {
    return this.histories.getSnapshot().get(key) ?? noVersions
  }

  async set(key: string, value: unknown): Promise<void> {
    const { member, number } = this.#options
    this.#checkWritable('set')
    const carried = checkedEntry(key, value, this.#check, key => this.#hasSpace(key))
    checkWriter(this.name, this.#mayMemberWrite(), this.#options.settings.writers)
    resultOf(await member.setEntry(number, key, carried))
  }

  async delete(key: string): Promise<void> {
    const { member, number } = this.#options
    this.#checkWritable('delete')
    checkConfigKey('delete', key)
    if (this.#versions(key)[0]?.to === undefined) return
    checkWriter(this.name, this.#mayMemberWrite(), this.#options.settings.writers)
    resultOf(await member.deleteEntry(number, key))
  }

  watch(key: string, listener: (value: never) => void): () => void {
    return watchKey(this.#events, key, listener)
  }

  synced(options?: { signal?: AbortSignal }): Promise<string> {
    const synced = this.#nextSync(options)
    // An app may ignore the promise.
    synced.catch(() => {})
    return synced
  }

  async heldBy(options?: HeldByOptions): Promise<HeldBy> {
    if (this.#state === 'left') throw this.#leftError()
    const { member, number } = this.#options
    return resultOf(await member.spaceHeldBy(number, options))
  }

  leave(): void {
    if (this.#state !== 'left' && endAppOpenings(this) === 'none') this.close()
  }

  close(): void {
    if (this.#state === 'left') return
    const { member, number } = this.#options
    this.#close()
    void member.close(number)
  }

  end(): void {
    if (this.#state !== 'left') this.#close()
  }

  /**
   * Resolves when the member's side has opened the config and sent its entries.
   *
   * @throws {InvalidOptionsError} @throws {NotAllowedError} @throws {StorageError}
   * @throws {NotRunningError} the view has ended in the meantime
   */
  async open(): Promise<void> {
    const { name, number, settings, member } = this.#options
    try {
      const { isWritable } = resultOf(await member.openConfig(number, name, sentOptions(settings)))
      if (this.#state === 'left') throw this.#leftError()
      this.#state = 'open'
      this.#isWritable = isWritable
    } catch (error) {
      this.end()
      throw error
    }
  }

  detach(): void {
    this.histories.keep()
  }

  async attach(member: RemoteMember): Promise<void> {
    const { name, number, settings } = this.#options
    // A config that is being opened is opened over the new connection, because the call is repeated.
    if (this.#state !== 'open') return
    try {
      const { isWritable } = resultOf(await member.openConfig(number, name, sentOptions(settings)))
      this.#isWritable = isWritable
    } catch (error) {
      this.end()
      reportUnlessEnded(error)
    }
  }

  settle(): void {
    const before = this.histories.getSnapshot()
    this.histories.settle()
    for (const [key, versions] of before)
      if (!this.histories.getSnapshot().has(key)) this.#show(key, versions)
    this.#view.store.refresh()
  }

  /** The only store is `histories`. */
  changed(_store: string, diff: TableDiff): void {
    const before = this.histories.getSnapshot()
    this.histories.apply(diff)
    for (const key of [...diff.changed.map(([key]) => key), ...diff.removed])
      this.#show(key, before.get(key) ?? noVersions)
    this.#view.store.refresh()
  }

  /** The only event that the member's side sends is `conflict`: the others depend on the schema. */
  event(_type: string, detail: unknown): void {
    this.#events.emit('conflict', detail as never)
  }

  #close(): void {
    this.#state = 'left'
    this.#syncs.rejectAll(this.#leftError())
    this.#options.left()
  }

  /** Each promise is a call of its own: the entries are those at the time of the call. */
  async #nextSync(options: { signal?: AbortSignal } | undefined): Promise<string> {
    const { member, number } = this.#options
    const signal = checkSignal('synced', options)
    if (this.#state === 'left') throw this.#leftError()
    signal?.throwIfAborted()
    const call = ++this.#lastSync
    const synced = this.#syncs.settle(member.synced(number, call), signal, () => {
      void member.endSynced(number, call)
    })
    const memberId = resultOf(await synced)
    // The member's side gives this answer if it has closed the config.
    if (memberId === undefined) throw this.#leftError()
    return memberId
  }

  #show(key: string, before: readonly ConfigVersion[]): void {
    const change = this.#view.update(key)
    // The entries with which a config is opened cause no events.
    if (this.#state === 'opening') return
    if (change) this.#events.emit('change', change)
    const known = new Set(before.map(({ id }) => id))
    // The oldest entry first, because most entries arrive in this order.
    const arrived = this.#versions(key)
      .filter(({ id }) => !known.has(id))
      .toReversed()
    for (const rejection of this.#view.rejections(key, arrived)) this.#events.emit('rejected', rejection)
  }

  #hasSpace(key: string): boolean {
    const histories = this.histories.getSnapshot()
    return histories.has(key) || hasSpaceForKey(histories, ([newest]) => newest?.to !== undefined)
  }

  #checkWritable(what: string): void {
    if (this.#state === 'left') throw this.#leftError()
    if (!this.#isWritable) throw new NotAllowedError(refusal(`${what} in config '${this.name}'`))
  }

  #mayMemberWrite(): boolean {
    const { settings, self } = this.#options
    return mayWrite(settings.writers, self())
  }

  #leftError(): NotRunningError {
    return new NotRunningError(`the config '${this.name}' was left: open it again`)
  }
}

function sentOptions({ writers, retentionMs }: ConfigSettings): SentConfigOptions {
  return { writers: givenWriters(writers), retentionMs }
}
