/**
 * Policy storage: the policy facts of a cluster in the member's store, each under the hash of its register.
 *
 * If the store contains anything else under this path, it is damaged or not hearsay's, and is left unchanged.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { StorageError } from '../api/errors.ts'
import { PolicySet, type PolicySetOptions } from '../policy/policy-set.ts'
import { decodeRumors, encodeRumors } from '../wire/codec.ts'
import { isPolicyFact, type PolicyFact } from '../wire/fact.ts'
import { shortHash } from '../wire/hashes.ts'
import type { KeyValueChange } from './key-values.ts'
import type { WriteQueue } from './write-queue.ts'

/** The policy of a member, and the store of its facts. @param cluster the cluster tag */
export function openPolicy(options: PolicySetOptions, queue: WriteQueue, cluster: Uint8Array): OpenedPolicy {
  const set = new PolicySet(options)
  const storage = new PolicyStorage(queue, cluster)
  return { set, load: () => storage.load(), store: () => storage.update(set) }
}

interface OpenedPolicy {
  readonly set: PolicySet
  load(): Promise<readonly PolicyFact[]>
  store(): void
}

class PolicyStorage {
  readonly #queue: WriteQueue
  readonly #prefix: string
  /** Path → the stored fact. */
  #stored: ReadonlyMap<string, PolicyFact> = new Map()

  /** @param cluster the cluster tag: one store may serve several clusters */
  constructor(queue: WriteQueue, cluster: Uint8Array) {
    this.#queue = queue
    this.#prefix = `/hearsay/policy/${toText(cluster, 'base32')}`
    queue.addSource(() => [...this.#stored].map(([key, fact]) => changeOf(key, fact)))
  }

  /** Reads all facts. Their signatures were verified before they were stored. @throws {StorageError} a value is damaged */
  async load(): Promise<readonly PolicyFact[]> {
    const values = await this.#queue.read(this.#prefix)
    this.#stored = new Map(
      values.map(([key, bytes]) => {
        const decoded = decodeRumors(bytes)
        const [fact] = decoded.ok ? decoded.value : []
        if (fact && isPolicyFact(fact)) return [key, fact]
        throw new StorageError(
          `the store contains no policy fact under ${key}: it is damaged or not hearsay's`,
        )
      }),
    )
    return [...this.#stored.values()]
  }

  /** Stores the facts of the set, and removes all others. */
  update(policy: PolicySet): void {
    const before = this.#stored
    this.#stored = new Map(policy.registers().map(({ key, fact }) => [this.#pathOf(key), fact]))
    const written = [...this.#stored].filter(([key, fact]) => before.get(key) !== fact)
    const removed = [...before.keys()].filter(key => !this.#stored.has(key))
    const changes = [
      ...written.map(([key, fact]) => changeOf(key, fact)),
      ...removed.map(key => ({ key, value: undefined })),
    ]
    if (changes.length > 0) this.#queue.push(changes, { sync: true })
  }

  #pathOf(key: string): string {
    return `${this.#prefix}/${toText(shortHash(fromString(key)), 'base32')}`
  }
}

function changeOf(key: string, fact: PolicyFact): KeyValueChange {
  return { key, value: encodeRumors([fact]) }
}
