/**
 * Config writer: publishes this member's entries of one shared config, and stores them.
 *
 * A value is checked before it is published: by the limits, and by the schema. Each entry names the newest entry that
 * the writer knows, which it replaces.
 */
import type { CheckValue } from '../api/config-schema.ts'
import { replacementOf } from '../config/config-conflicts.ts'
import type { ConfigReplica } from '../config/config-replica.ts'
import type { HybridTime } from '../config/hybrid-clock.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import type { WriterList, WriterRule } from '../spaces/writer-rule.ts'
import type { FactStorage } from '../storage/fact-storage.ts'
import type { Json } from '../wire/json.ts'
import type { ReplacedEntry } from '../wire/space-fact.ts'
import { checkedEntry, checkWriter } from './config-write-checks.ts'

export interface ConfigWriterOptions {
  /** The name of the config. */
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly self: string
  readonly writers: WriterList
  readonly mayWrite: WriterRule
  /** The encoded grants of this member; undefined: the cluster has no authority. */
  readonly grants: () => Uint8Array | undefined
  readonly check: CheckValue
  readonly driver: Pick<SpacesDriver, 'publish'>
  readonly notifications: AppNotifications
  readonly storage: FactStorage
}

export class ConfigWriter {
  readonly #options: ConfigWriterOptions
  readonly #replica: ConfigReplica
  readonly #listener: SpaceListener

  /** @param listener shows entries that the writer's clock has made plausible or implausible */
  constructor(options: ConfigWriterOptions, replica: ConfigReplica, listener: SpaceListener) {
    this.#options = options
    this.#replica = replica
    this.#listener = listener
  }

  /** Whether this member may write now. */
  get canWrite(): boolean {
    const { mayWrite, self, notifications, grants } = this.#options
    return mayWrite({ author: self, epochMs: notifications.clock.now().epochMs, grants: grants() })
  }

  /** Resolves when the entry is stored. @throws {InvalidValueError} @throws {NotAllowedError} @throws {StorageError} */
  async set(key: string, value: unknown): Promise<void> {
    const { entries } = this.#replica
    const carried = checkedEntry(
      key,
      value,
      this.#options.check,
      key => entries.versions(key).length > 0 || entries.hasSpace,
    )
    await this.#write(key, carried)
  }

  /** Resolves when the deletion is stored. @throws {NotAllowedError} @throws {StorageError} */
  async delete(key: string): Promise<void> {
    const newest = this.#replica.entries.versions(key)[0]
    if (newest?.fact.value !== undefined) await this.#write(key, undefined)
  }

  /** Publishes the entries with which the replica replaces misdated ones. */
  rewrite(): void {
    const { clock } = this.#options.notifications
    for (const { key, value, replaces, time } of this.#replica.takeRewrites()) {
      const { epochMs } = clock.now()
      // A rejection needs no handling: the write queue reports a failing store to the app.
      this.#publish(key, value, time ?? this.#replica.entries.nextTime(epochMs), replaces).catch(() => {})
    }
  }

  async #write(key: string, value: Json | undefined): Promise<void> {
    const { name, notifications, writers } = this.#options
    const { clock } = notifications
    const { entries } = this.#replica
    checkWriter(name, this.canWrite, writers)
    const { epochMs } = clock.now()
    // The clock was set back: entries from its former, later time are implausible now.
    if (!entries.areTimesPlausible(epochMs))
      notifications.step(() => {
        this.#replica.sweep(clock.now())
        this.#listener.stepped()
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
    const { driver, space, storage, grants } = this.#options
    await driver.publish(space, [{ type: 'entry', key, value, ...time, replaces, grants: grants() }])
    await storage.stored()
  }
}
