/**
 * Config view: the entries of one shared config as the app sees them.
 *
 * The view shows the newest entry of each key that is valid by the schema; no value if that entry is a deletion.
 */
import type { TypedEventTarget } from 'main-event'
import { checkListener } from '../api/call-options.ts'
import type { ConfigChange, ConfigEvents, ConfigRejection, ConfigVersion } from '../api/config.ts'
import type { Checked, CheckValue } from '../api/config-schema.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import { checkConfigKey } from './config-write-checks.ts'

type Values = Record<string, unknown>

/** Where the entries come from: a replica, or a port to the process that has it. */
export interface ConfigVersions {
  /** The entries of a key, newest first. An entry that did not change keeps its object, so that it is checked once. */
  versions(key: string): readonly ConfigVersion[]
}

/** The entry that the view shows for a key, and its value as the schema returns it. */
interface ShownVersion {
  readonly version: ConfigVersion
  readonly value: unknown
}

export class ConfigView {
  readonly store: OwnedStore<Readonly<Values>>
  readonly #source: ConfigVersions
  readonly #checkValue: CheckValue
  readonly #shown = new Map<string, ShownVersion>()
  #snapshot: Readonly<Values> | undefined
  readonly #checked = new WeakMap<ConfigVersion, Checked>()

  constructor(source: ConfigVersions, checkValue: CheckValue, notifications: AppNotifications) {
    this.#source = source
    this.#checkValue = checkValue
    this.store = createStore(notifications, () => {
      this.#snapshot ??= Object.freeze(
        Object.fromEntries([...this.#shown].map(([key, { value }]) => [key, value])),
      )
      return this.#snapshot
    })
  }

  /** @throws {InvalidValueError} */
  get(key: string): unknown {
    checkConfigKey('get', key)
    return this.#shown.get(key)?.value
  }

  /** Shows the entries of a key. @returns undefined: the view shows the same entry as before */
  update(key: string): ConfigChange<unknown> | undefined {
    const before = this.#shown.get(key)
    this.#show(key)
    const after = this.#shown.get(key)
    if (before?.version.id === after?.version.id) return undefined
    const version = after?.version ?? this.#source.versions(key)[0]
    if (!version) return undefined
    const { by, atMs } = version
    return { key, value: after?.value, previous: before?.value, by, atMs }
  }

  /** The arrived entries of a key that are invalid by the schema. */
  rejections(key: string, arrived: readonly ConfigVersion[]): ConfigRejection[] {
    return arrived.flatMap(version => {
      const checked = this.#check(key, version)
      return checked?.type === 'invalid' ? [{ key, ...version, issues: checked.issues }] : []
    })
  }

  #show(key: string): void {
    for (const version of this.#source.versions(key)) {
      const checked = this.#check(key, version)
      if (checked?.type === 'invalid') continue
      if (this.#shown.get(key)?.version.id === version.id) return
      this.#snapshot = undefined
      if (checked) this.#shown.set(key, { version, value: checked.value })
      else this.#shown.delete(key)
      return
    }
    if (this.#shown.delete(key)) this.#snapshot = undefined
  }

  /** Undefined: the entry is a deletion. */
  #check(key: string, version: ConfigVersion): Checked | undefined {
    if (version.to === undefined) return undefined
    const known = this.#checked.get(version)
    if (known) return known
    const checked = this.#checkValue(key, version.to)
    this.#checked.set(version, checked)
    return checked
  }
}

/**
 * Calls `listener` with the new value after each change of the key.
 *
 * @returns a function that ends the calls
 * @throws {InvalidValueError} @throws {InvalidOptionsError}
 */
export function watchKey(
  events: TypedEventTarget<ConfigEvents<unknown>>,
  key: string,
  listener: (value: never) => unknown,
): () => void {
  checkConfigKey('watch', key)
  checkListener('watch', listener)
  // Returns the listener's result: a promise that rejects is reported.
  const changed = ({ detail }: ConfigEvents<unknown>['change']) =>
    detail.key === key ? listener(detail.value as never) : undefined
  events.addEventListener('change', changed)
  return () => events.removeEventListener('change', changed)
}
