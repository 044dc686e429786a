/**
 * Config view: the entries of one shared config as the app sees them.
 *
 * The view shows the newest entry of each key that is valid by the schema; no value if that entry is a deletion. Each
 * conflict is reported once.
 */
import type { ConfigChange, ConfigConflict, ConfigRejection, ConfigVersion } from '../api/config.ts'
import type { Checked, CheckValue } from '../api/config-schema.ts'
import { losersOf, replacedBy, type Version } from '../config/config-conflicts.ts'
import type { ConfigEntries } from '../config/config-entries.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'

type Values = Record<string, unknown>

/** The entry that the view shows for a key, and its value as the schema returns it. */
interface ShownVersion {
  readonly version: Version
  readonly value: unknown
}

export class ConfigView {
  readonly store: OwnedStore<Readonly<Values>>
  readonly #entries: ConfigEntries
  readonly #checkValue: CheckValue
  readonly #shown = new Map<string, ShownVersion>()
  #snapshot: Readonly<Values> | undefined
  readonly #checked = new WeakMap<Version['fact'], Checked>()
  /** Ids of losers for which a conflict was reported, by key. */
  readonly #reportedLosers = new Map<string, ReadonlySet<string>>()

  constructor(entries: ConfigEntries, checkValue: CheckValue, notifications: AppNotifications) {
    this.#entries = entries
    this.#checkValue = checkValue
    this.store = createStore(notifications, () => {
      this.#snapshot ??= Object.freeze(
        Object.fromEntries([...this.#shown].map(([key, { value }]) => [key, value])),
      )
      return this.#snapshot
    })
  }

  get(key: string): unknown {
    return this.#shown.get(key)?.value
  }

  history(key: string): readonly ConfigVersion[] {
    const versions = this.#entries.versions(key)
    return versions.map(version => describe(version, versions))
  }

  /** Shows a key with stored entries. Their conflicts count as reported: the app received them when the entries arrived. */
  restore(key: string): void {
    this.#show(key)
    this.#newLosers(key)
  }

  /** Shows the entries of a key. @returns undefined: the view shows the same entry as before */
  update(key: string): ConfigChange<unknown> | undefined {
    const before = this.#shown.get(key)
    this.#show(key)
    const after = this.#shown.get(key)
    if (before?.version.id === after?.version.id) return undefined
    const version = after?.version ?? this.#entries.versions(key)[0]
    if (!version) return undefined
    const { author: by, epochMs: atMs } = version.fact
    return { key, value: after?.value, previous: before?.value, by, atMs }
  }

  /** The conflicts of a key that were not reported yet. */
  takeConflicts(key: string): ConfigConflict[] {
    const versions = this.#entries.versions(key)
    const [newest] = versions
    if (!newest) return []
    const winner = describe(newest, versions)
    return this.#newLosers(key).map(loser => ({ key, winner, loser: describe(loser, versions) }))
  }

  /** The arrived entries of a key that are invalid by the schema. */
  rejections(key: string, arrived: readonly Version[]): ConfigRejection[] {
    const versions = this.#entries.versions(key)
    return arrived.flatMap(version => {
      const checked = this.#check(version)
      if (checked?.type !== 'invalid') return []
      return [{ key, ...describe(version, versions), issues: checked.issues }]
    })
  }

  #show(key: string): void {
    for (const version of this.#entries.versions(key)) {
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
    const versions = this.#entries.versions(key)
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
    const checked = this.#checkValue(fact.key, fact.value)
    this.#checked.set(fact, checked)
    return checked
  }
}

function describe(version: Version, versions: readonly Version[]): ConfigVersion {
  const { author: by, epochMs: atMs, value: to } = version.fact
  const replaced = replacedBy(version)
  const from = versions.find(({ id }) => id === replaced)?.fact.value
  return { by, atMs, from, to }
}
