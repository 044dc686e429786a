/**
 * Config histories: the entries of each key as the app sees them, newest first.
 *
 * The object of an entry stays the same until the value that the entry replaced arrives or is dropped. The list of a
 * history stays the same while the objects of its entries do.
 */
import type { ConfigVersion } from '../api/config.ts'
import { replacedBy, type Version } from '../config/config-conflicts.ts'
import type { ConfigEntries } from '../config/config-entries.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { ConfigVersions } from './config-view.ts'

type Histories = ReadonlyMap<string, readonly ConfigVersion[]>

const noVersions: readonly ConfigVersion[] = Object.freeze([])

export class ConfigHistories implements ConfigVersions {
  readonly store: OwnedStore<Histories>
  readonly #entries: ConfigEntries
  readonly #lists = new Map<string, readonly ConfigVersion[]>()
  /** Undefined: entries have changed, and the store was not read since. */
  #snapshot: Histories | undefined

  constructor(entries: ConfigEntries, notifications: AppNotifications) {
    this.#entries = entries
    this.store = createStore(notifications, () => {
      this.#snapshot ??= new Map([...entries.keys()].map(key => [key, this.versions(key)]))
      return this.#snapshot
    })
  }

  /** The entries of this key have changed. */
  changed(key: string): void {
    this.#snapshot = undefined
    // Drops the list of a key without entries.
    this.versions(key)
  }

  versions(key: string): readonly ConfigVersion[] {
    const known = this.#lists.get(key)
    const versions = this.#entries.versions(key)
    // Entries never change: the same ids are the same history.
    if (known?.length === versions.length && known.every(({ id }, i) => id === versions[i]?.id)) return known
    this.#lists.delete(key)
    if (versions.length === 0) return noVersions
    const list = Object.freeze(versions.map(version => this.describe(version, known)))
    this.#lists.set(key, list)
    return list
  }

  /** An entry as the app sees it. @param known entries of the same key that were described before */
  describe(version: Version, known: readonly ConfigVersion[] = noVersions): ConfigVersion {
    const { id, fact } = version
    const replaced = replacedBy(version)
    const from = this.#entries.versions(fact.key).find(each => each.id === replaced)?.fact.value
    const before = known.find(each => each.id === id)
    if (before && before.from === from) return before
    return Object.freeze({ id, by: fact.author, atMs: fact.epochMs, from, to: fact.value })
  }
}
