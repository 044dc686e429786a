/**
 * Config writer: publishes this member's entries of one shared config, and stores them.
 *
 * A value is checked before it is published: by the limits, and by the schema. Each entry names the newest entry that
 * the writer knows, which it replaces.
 */
import type { CheckValue } from '../api/config-schema.ts'
import { InvalidValueError, NotAllowedError } from '../api/errors.ts'
import { checkKey, sharedValue } from '../api/shared-value.ts'
import { replacementOf } from '../config/config-conflicts.ts'
import { maxKeys } from '../config/config-entries.ts'
import type { ConfigReplica } from '../config/config-replica.ts'
import type { HybridTime } from '../config/hybrid-clock.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import type { FactStorage } from '../storage/fact-storage.ts'
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import type { ReplacedEntry } from '../wire/space-fact.ts'

export interface ConfigWriterOptions {
  /** The name of the config. */
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly self: string
  readonly writers: 'anyone' | ReadonlySet<string>
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

  /** Resolves when the entry is stored. @throws {InvalidValueError} @throws {NotAllowedError} @throws {StorageError} */
  async set(key: string, value: unknown): Promise<void> {
    await this.#write(key, this.#copied(key, value))
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
    if (entries.versions(key).length === 0 && !entries.hasSpace)
      throw new InvalidValueError(`set: there are ${maxKeys} keys already: put several values under one key`)
    return carried
  }

  async #write(key: string, value: Json | undefined): Promise<void> {
    const { name, self, notifications, writers } = this.#options
    const { clock } = notifications
    const { entries } = this.#replica
    if (writers !== 'anyone' && !writers.has(self))
      throw new NotAllowedError(`'${name}': this member is not one of its writers`)
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
    const { driver, space, storage } = this.#options
    await driver.publish(space, [{ type: 'entry', key, value, ...time, replaces }])
    await storage.stored()
  }
}
