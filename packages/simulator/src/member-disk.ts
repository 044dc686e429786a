/** Member disk: what outlives a process: the identity, the incarnation, the cached peers and the key-value store. */
import type { KeyringState, WriteQueue } from '@hearsay/core/host'
import { randomStream } from './random-stream.ts'
import { simulatedId } from './simulated-keys.ts'
import { SimulatedStore, type SimulatedStoreOptions } from './simulated-store.ts'

const incarnationKey = '/hearsay/incarnation'

/** One object, shared by all copies of a disk. */
export interface Identity {
  readonly id: string
  /** The greatest incarnation ever published under this identity. */
  greatestIncarnation: number | undefined
}

export class MemberDisk {
  readonly identity: Identity
  readonly store: SimulatedStore
  cachedPeers: readonly string[] = []
  /** The keys that other members spread. */
  keyring: KeyringState | undefined

  constructor(identity: Identity, store: SimulatedStoreOptions) {
    this.identity = identity
    this.store = new SimulatedStore(store)
  }

  /** The last published incarnation; undefined before the first start. */
  get incarnation(): number | undefined {
    const stored = this.store.get(incarnationKey)
    return stored && Number(new TextDecoder().decode(stored))
  }

  /** Returns a promise only while the store has a fault. */
  persistIncarnation(incarnation: number, writes: WriteQueue): Promise<void> | undefined {
    const { identity, store } = this
    identity.greatestIncarnation = Math.max(incarnation, identity.greatestIncarnation ?? 0)
    const value = new TextEncoder().encode(String(incarnation))
    if (!store.isWell) return writes.store([{ key: incarnationKey, value }])
    // Synchronous, because virtual time must not pass meanwhile.
    store.putNow(incarnationKey, value)
    return undefined
  }

  copyFrom(other: MemberDisk): void {
    this.cachedPeers = other.cachedPeers
    this.keyring = other.keyring
    this.store.copyFrom(other.store)
  }
}

/** Creates the disks of one member. Each new identity is another member id. */
export class MemberDisks {
  readonly #seed: number
  readonly #name: string
  readonly #store: Omit<SimulatedStoreOptions, 'random'>
  readonly #firstId: string | undefined
  #identities = 0

  /** @param firstId the first id. @default an id that depends on the name and the seed */
  constructor(seed: number, name: string, store: Omit<SimulatedStoreOptions, 'random'>, firstId?: string) {
    this.#seed = seed
    this.#name = name
    this.#store = store
    this.#firstId = firstId
  }

  withNewIdentity(): MemberDisk {
    this.#identities += 1
    const isFirst = this.#identities === 1
    const name = isFirst ? this.#name : `${this.#name} ${this.#identities}`
    const id = (isFirst && this.#firstId) || simulatedId(this.#seed, name)
    return this.withIdentity({ id, greatestIncarnation: undefined })
  }

  withIdentity(identity: Identity): MemberDisk {
    const random = randomStream(this.#seed, `store of ${identity.id}`)
    return new MemberDisk(identity, { ...this.#store, random })
  }
}
