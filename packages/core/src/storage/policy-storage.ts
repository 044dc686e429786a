/**
 * Policy storage: the policy facts of a cluster in the member's store, each under the hash of its register.
 *
 * If the store contains anything else under this path, it is damaged or not hearsay's, and is left unchanged.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { PolicySet, type PolicySetOptions } from '../policy/policy-set.ts'
import { decodeRumors, encodeRumors } from '../wire/codec.ts'
import { isPolicyFact, type PolicyFact } from '../wire/fact.ts'
import { shortHash } from '../wire/hashes.ts'
import { damagedError, type KeyValueChange } from './key-values.ts'
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
  readonly #stored = new Map<string, PolicyFact>()
  /** Register → path. */
  readonly #paths = new Map<string, string>()

  /** @param cluster the cluster tag: one store may serve several clusters */
  constructor(queue: WriteQueue, cluster: Uint8Array) {
    this.#queue = queue
    this.#prefix = `/hearsay/policy/${toText(cluster, 'base32')}`
    queue.addSource(() => [...this.#stored].map(([key, fact]) => changeOf(key, fact)))
  }

  /**
   * Reads all facts. The signatures of the facts were verified before they were stored.
   *
   * @throws {StorageError} a value is damaged
   */
  async load(): Promise<readonly PolicyFact[]> {
    const values = await this.#queue.read(this.#prefix)
    for (const [key, bytes] of values) {
      const decoded = decodeRumors(bytes)
      const [fact] = decoded.ok ? decoded.value : []
      if (!fact || !isPolicyFact(fact)) throw damagedError(`no policy fact under ${key}`)
      this.#stored.set(key, fact)
    }
    return [...this.#stored.values()]
  }

  /** Stores the facts of the set and its ended facts, and removes all others. Called for each of thousands of facts, so it hashes no key twice. */
  update(policy: PolicySet): void {
    const changes: KeyValueChange[] = []
    const ended = policy.ended()
    for (const { key, fact } of [...policy.registers(), ...ended]) {
      const path = this.#pathOf(key)
      if (this.#stored.get(path) === fact) continue
      this.#stored.set(path, fact)
      changes.push(changeOf(path, fact))
    }
    if (this.#stored.size > policy.size + ended.length) changes.push(...this.#removed(policy))
    if (changes.length > 0) this.#queue.push(changes, { sync: true })
  }

  /** Removes the facts that are not in the set, and the paths of their registers. */
  #removed(policy: PolicySet): KeyValueChange[] {
    const kept = new Set([...policy.registers(), ...policy.ended()].map(({ key }) => key))
    for (const key of this.#paths.keys()) if (!kept.has(key)) this.#paths.delete(key)
    const paths = new Set(this.#paths.values())
    const removed = [...this.#stored.keys()].filter(path => !paths.has(path))
    for (const path of removed) this.#stored.delete(path)
    return removed.map(key => ({ key, value: undefined }))
  }

  #pathOf(key: string): string {
    const path = this.#paths.get(key) ?? `${this.#prefix}/${toText(shortHash(fromString(key)), 'base32')}`
    this.#paths.set(key, path)
    return path
  }
}

function changeOf(key: string, fact: PolicyFact): KeyValueChange {
  return { key, value: encodeRumors([fact]) }
}
