/**
 * Config handle: the shared config that an app uses, over its replica and the driver of this member's spaces.
 *
 * The view shows the newest entry of each key that is valid by the schema. Events fire after the step that caused them,
 * when the view is up to date.
 */
import type { TypedEventTarget } from 'main-event'
import type { Config, ConfigEvents, ConfigVersion } from '../api/config.ts'
import type { Checked, CheckValue } from '../api/config-schema.ts'
import { InvalidValueError, NotAllowedError, NotRunningError, StorageError } from '../api/errors.ts'
import { checkKey, sharedValue } from '../api/shared-value.ts'
import type { Store } from '../api/store.ts'
import type { Clock } from '../base/clock.ts'
import { losersOf, replacedBy, replacementOf, type Version } from '../config/config-conflicts.ts'
import { maxKeys } from '../config/config-entries.ts'
import { ConfigReplica } from '../config/config-replica.ts'
import type { HybridTime } from '../config/hybrid-clock.ts'
import { AppEvents } from '../runtime/app-events.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import type { FactStorage } from '../storage/fact-storage.ts'
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import type { ReplacedEntry } from '../wire/space-fact.ts'
import { SyncWaiters } from './sync-waiters.ts'

type Values = Record<string, unknown>

export interface ConfigHandleOptions {
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly self: string
  readonly driver: SpacesDriver
  readonly clock: Clock
  readonly notifications: AppNotifications
  readonly check: CheckValue
  readonly writers: 'anyone' | ReadonlySet<string>
  readonly retentionMs: number
  readonly storage: FactStorage
  /** The local member's incarnation. */
  readonly incarnation: number
  readonly onLeave: () => void
}

/** The entry that the view shows for a key, and its value as the schema returns it. */
interface ShownVersion {
  readonly version: Version
  readonly value: unknown
}

export class ConfigHandle implements Config<undefined, Values, Values>, SpaceListener {
  readonly name: string
  readonly #options: ConfigHandleOptions
  readonly #replica: ConfigReplica
  readonly #events: AppEvents<ConfigEvents<unknown>>
  readonly #entries: OwnedStore<Readonly<Values>>
  readonly #shown = new Map<string, ShownVersion>()
  #snapshot: Readonly<Values> | undefined
  readonly #checked = new WeakMap<Version['fact'], Checked>()
  /** Keys that changed since the last step, with the entries that arrived. */
  readonly #touched = new Map<string, Version[]>()
  /** Ids of losers for which a `conflict` was emitted, by key. */
  readonly #reportedLosers = new Map<string, ReadonlySet<string>>()
  readonly #syncWaiters: SyncWaiters
  /** Ends the rewriting of entries that the store lost. */
  #removeSource: () => void = () => {}
  #isOpen = true

  private constructor(options: ConfigHandleOptions) {
    const { name, writers, retentionMs, clock, notifications, driver, space } = options
    this.name = name
    this.#syncWaiters = new SyncWaiters(clock, () => driver.requestDigest(space))
    this.#options = options
    this.#events = new AppEvents(notifications)
    this.#entries = createStore(notifications, () => {
      this.#snapshot ??= Object.freeze(
        Object.fromEntries([...this.#shown].map(([key, { value }]) => [key, value])),
      )
      return this.#snapshot
    })
    this.#replica = new ConfigReplica({
      self: options.self,
      writers,
      retentionMs,
      merged: ({ entry }) => {
        const { key } = entry.fact
        this.#touched.set(key, [...(this.#touched.get(key) ?? []), entry])
      },
      hidden: ({ fact: { key } }) => this.#touched.set(key, this.#touched.get(key) ?? []),
      dropped: stored => options.storage.write([{ type: 'removed', stored }]),
    })
  }

  /** Opens the config with its stored entries. @throws {StorageError} the entries are damaged; the store is unchanged */
  static async open(options: ConfigHandleOptions): Promise<ConfigHandle> {
    const { storage, clock, notifications, driver, space, incarnation } = options
    const handle = new ConfigHandle(options)
    const stored = await storage.load()
    if (!(await driver.areSigned(space, stored)))
      throw new StorageError(
        `the store contains entries of '${options.name}' without a valid signature: it is damaged`,
      )
    const surplus = handle.#replica.restore(stored, clock.now())
    storage.write(surplus.map(each => ({ type: 'removed', stored: each })))
    // Stored entries cause no events: the app received those when the entries arrived.
    for (const key of handle.#touched.keys()) {
      handle.#show(key)
      handle.#newLosers(key)
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

  get events(): TypedEventTarget<ConfigEvents<unknown>> {
    return this.#events
  }

  get entries(): Store<Readonly<Values>> {
    return this.#entries
  }

  get(key: string): unknown {
    return this.#shown.get(key)?.value
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#checkOpen()
    const carried = this.#copied(key, value)
    await this.#write(key, carried)
  }

  async delete(key: string): Promise<void> {
    this.#checkOpen()
    const newest = this.#replica.entries.versions(key)[0]
    if (newest?.fact.value !== undefined) await this.#write(key, undefined)
  }

  watch(key: string, listener: (value: never) => void): () => void {
    // Returns the listener's result: a promise that rejects is reported.
    const changed = ({ detail }: ConfigEvents<unknown>['change']) =>
      detail.key === key ? listener(detail.value as never) : undefined
    this.#events.addEventListener('change', changed)
    return () => this.#events.removeEventListener('change', changed)
  }

  history(key: string): readonly ConfigVersion[] {
    const versions = this.#replica.entries.versions(key)
    return versions.map(version => describe(version, versions))
  }

  synced({ signal }: { signal?: AbortSignal } = {}): Promise<string> {
    // Not async: that would wrap the promise in another one, whose rejection would be unhandled.
    return this.#isOpen ? this.#syncWaiters.next(signal) : Promise.reject(this.#leftError())
  }

  leave(): void {
    if (!this.#isOpen) return
    this.close()
    this.#options.driver.leave(this.#options.space)
  }

  /** Closes the handle without announcing it. It cannot be used any more. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#syncWaiters.rejectAll(this.#leftError())
    this.#options.onLeave()
    this.stored().then(this.#removeSource, this.#removeSource)
  }

  /** Resolves when all entries so far are stored. @throws {StorageError} */
  stored(): Promise<void> {
    return this.#options.storage.stored()
  }

  digestAgreed(memberId: string): void {
    this.#syncWaiters.resolve(memberId)
  }

  stepped(): void {
    for (const { key, value, replaces, time } of this.#replica.takeRewrites()) {
      const { entries } = this.#replica
      // A rejection needs no handling: the write queue reports a failing store to the app.
      this.#publish(key, value, time ?? entries.nextTime(this.#options.clock.now().epochMs), replaces).catch(
        () => {},
      )
    }
    const touched = [...this.#touched]
    if (touched.length === 0) return
    this.#touched.clear()
    for (const [key, arrived] of touched) {
      this.#emitChange(key)
      this.#emitConflicts(key)
      this.#emitRejections(key, arrived)
    }
    this.#entries.refresh()
  }

  #emitChange(key: string): void {
    const before = this.#shown.get(key)
    this.#show(key)
    const after = this.#shown.get(key)
    if (before?.version.id === after?.version.id) return
    const version = after?.version ?? this.#replica.entries.versions(key)[0]
    if (!version) return
    const { author: by, epochMs: atMs } = version.fact
    this.#events.emit('change', { key, value: after?.value, previous: before?.value, by, atMs })
  }

  #emitConflicts(key: string): void {
    const versions = this.#replica.entries.versions(key)
    const [newest] = versions
    if (!newest) return
    const winner = describe(newest, versions)
    for (const loser of this.#newLosers(key))
      this.#events.emit('conflict', { key, winner, loser: describe(loser, versions) })
  }

  #emitRejections(key: string, arrived: readonly Version[]): void {
    const versions = this.#replica.entries.versions(key)
    for (const version of arrived) {
      const checked = this.#check(version)
      if (checked?.type !== 'invalid') continue
      this.#events.emit('rejected', { key, ...describe(version, versions), issues: checked.issues })
    }
  }

  /** Shows the newest valid entry of the key; no value if that entry is a deletion. */
  #show(key: string): void {
    for (const version of this.#replica.entries.versions(key)) {
      const checked = this.#check(version)
      if (checked?.type === 'invalid') continue
      if (this.#shown.get(key)?.version.id === version.id) return
      this.#snapshot = undefined
      if (checked) this.#shown.set(key, { version, value: checked.value })
      else this.#shown.delete(key)
      return
    }
    if (this.#shown.delete(key)) this.#snapshot = undefined
  }

  #newLosers(key: string): readonly Version[] {
    const versions = this.#replica.entries.versions(key)
    const losers = losersOf(versions)
    const reported = this.#reportedLosers.get(key)
    if (losers.length > 0) this.#reportedLosers.set(key, new Set(losers.map(({ id }) => id)))
    else this.#reportedLosers.delete(key)
    return losers.filter(({ id }) => !reported?.has(id))
  }

  /** Undefined: the entry is a deletion. */
  #check({ fact }: Version): Checked | undefined {
    if (fact.value === undefined) return undefined
    const known = this.#checked.get(fact)
    if (known) return known
    const checked = this.#options.check(fact.key, fact.value)
    this.#checked.set(fact, checked)
    return checked
  }

  /** Checks a write. @returns the value as JSON carries it. @throws {InvalidValueError} */
  #copied(key: string, value: unknown): Json {
    const { entries } = this.#replica
    checkKey('set: the key', key, limits.maxConfigKeyBytes)
    if (value === undefined)
      throw new InvalidValueError(`set: '${key}' is undefined: delete('${key}') removes it`)
    const { value: carried, bytes } = sharedValue('set', key, value)
    if (bytes > limits.maxConfigValueBytes)
      throw new InvalidValueError(
        `set: the value of '${key}' has ${bytes} bytes, at most ${limits.maxConfigValueBytes}`,
      )
    const checked = this.#options.check(key, carried)
    if (checked.type === 'invalid') throw new InvalidValueError(`set: '${key}': ${checked.issues.join('; ')}`)
    if (entries.versions(key).length === 0 && entries.size >= maxKeys)
      throw new InvalidValueError(`set: there are ${maxKeys} keys already: put several values under one key`)
    return carried
  }

  async #write(key: string, value: Json | undefined): Promise<void> {
    const { self, clock, notifications, writers } = this.#options
    const { entries } = this.#replica
    if (writers !== 'anyone' && !writers.has(self))
      throw new NotAllowedError(`'${this.name}': this member is not one of its writers`)
    const { epochMs } = clock.now()
    // The clock was set back: entries from its former, later time are implausible now.
    if (!entries.areTimesPlausible(epochMs))
      notifications.step(() => {
        this.#replica.sweep(clock.now())
        this.stepped()
      })
    const newest = entries.quarantined(key)[0] ?? entries.versions(key)[0]
    await this.#publish(key, value, entries.nextTime(epochMs), replacementOf(newest))
  }

  async #publish(
    key: string,
    value: Json | undefined,
    time: HybridTime,
    replaces: ReplacedEntry | undefined,
  ): Promise<void> {
    const { driver, space } = this.#options
    await driver.publish(space, [{ type: 'entry', key, value, ...time, replaces }])
    await this.stored()
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw this.#leftError()
  }

  #leftError(): NotRunningError {
    return new NotRunningError(`the config '${this.name}' was left`)
  }
}

function describe(version: Version, versions: readonly Version[]): ConfigVersion {
  const { author: by, epochMs: atMs, value: to } = version.fact
  const replaced = replacedBy(version)
  const from = versions.find(({ id }) => id === replaced)?.fact.value
  return { by, atMs, from, to }
}
