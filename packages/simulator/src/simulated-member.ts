/**
 * Simulated member: one member's process, its storage and its place in the network.
 *
 * What runs in it is the shipped engine. Processes come and go under one name; identity and incarnation stay as
 * long as the storage does.
 */
import type { Cluster, Config, ConfigOptions, ConfigSchema, Room } from '@hearsay/core'
import {
  ClusterHandle,
  clusterTag,
  createEngine,
  type Engine,
  type Host,
  type MemberEvent,
  type MembershipMachine,
  type Transport,
  type Tuning,
  WriteQueue,
  withLeave,
} from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import type { GossipTopics } from './gossip-topics.ts'
import { MemberClock } from './member-clock.ts'
import { MemberLinks } from './member-links.ts'
import { type Random, randomStream } from './random-stream.ts'
import { type SimulatedKeys, simulatedId } from './simulated-keys.ts'
import { SimulatedStore } from './simulated-store.ts'
import { noTraffic, type Traffic } from './traffic.ts'
import type { VirtualTime } from './virtual-time.ts'

const simulatedCluster = 'simulated'
export const simulatedTag: Uint8Array = clusterTag(simulatedCluster)

/** What a member reports, for those who watch the simulation. */
export interface MemberObserver {
  fact: NonNullable<Host['share']>
  event(member: SimulatedMember, event: MemberEvent): void
  /** The process did something. */
  stepped(member: SimulatedMember): void
  note(member: SimulatedMember, message: string): void
}

/** What a member has of the network. */
export interface MemberNetwork {
  register(member: SimulatedMember): void
  unregisterAddress(address: string): void
  transportOf(member: SimulatedMember): Transport
  gossipOf(member: SimulatedMember): GossipTopics
}

export interface SimulatedMemberOptions {
  readonly seed: number
  readonly name: string
  readonly address: string
  readonly bootstrap: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  readonly tuning: Tuning
  readonly time: VirtualTime
  readonly network: MemberNetwork
  readonly keys: SimulatedKeys
  readonly watch: MemberObserver
  /** Somebody waits for a promise that was made. */
  readonly promised: () => void
  /** The app of the present process wants to leave. */
  readonly leave: () => Promise<void>
  /** Its present process is killed. */
  readonly kill: () => void
}

interface Process {
  readonly cluster: Cluster
  readonly face: ClusterHandle
  readonly engine: Engine
  readonly gossip: GossipTopics
}

/** What all members of a cluster know that has stood for long. */
export interface WarmStart {
  readonly prior: MembershipMachine
  /** Id → multiaddrs. */
  readonly addresses: ReadonlyMap<string, readonly Uint8Array[]>
}

/** One object, whoever has a copy of it. */
interface Identity {
  readonly id: string
  /** That anybody ever spoke of under it. */
  greatestIncarnation: number | undefined
}

/** What outlives a process. */
interface Storage {
  readonly identity: Identity
  cachedPeers: readonly string[]
  readonly store: SimulatedStore
}

const incarnationKey = '/hearsay/incarnation'

export class SimulatedMember {
  readonly name: string
  readonly clock: MemberClock
  /** Draws the delay of what this member sends. */
  readonly delayRandom: Random
  readonly links: MemberLinks<SimulatedMember> = new MemberLinks<SimulatedMember>(this)
  /** Where it was told that others can be dialled, since it started. */
  readonly dialAddresses: Map<string, readonly Uint8Array[]> = new Map()
  /** Bytes since the start of the simulation. */
  readonly sent: Traffic = noTraffic()
  /** Its own network is gone: dials end at once, nothing arrives. */
  isOffline = false
  readonly #options: SimulatedMemberOptions
  #address: string
  #storage: Storage
  #processes = 0
  #identities = 0
  #warmStart: WarmStart | undefined
  #process: Process | undefined

  constructor(options: SimulatedMemberOptions) {
    this.#options = options
    this.name = options.name
    this.clock = new MemberClock(options.time)
    this.delayRandom = this.#stream(`delays of ${options.name}`)
    this.#address = options.address
    this.#storage = this.#newStorage()
  }

  /** The member id: stays as long as its storage. */
  get id(): string {
    return this.#storage.identity.id
  }

  /** Where it can be dialled. */
  get address(): string {
    return this.#address
  }

  /** The incarnation it spoke of last, as its storage has it; undefined before its first word. */
  get incarnation(): number | undefined {
    const stored = this.#storage.store.get(incarnationKey)
    return stored && Number(new TextDecoder().decode(stored))
  }

  /** What its disk holds, and what happens to it. */
  get store(): SimulatedStore {
    return this.#storage.store
  }

  /** The greatest incarnation that it ever spoke of under its present id. */
  get greatestIncarnation(): number | undefined {
    return this.#storage.identity.greatestIncarnation
  }

  /** Counts processes; changes when one starts or ends. */
  get life(): number {
    return this.#processes
  }

  get isRunning(): boolean {
    return this.#process !== undefined
  }

  /** What the app of the present process holds. @throws if none runs */
  get cluster(): Cluster {
    return this.#running().cluster
  }

  /** The machine and the driver of the present process. @throws if none runs */
  get engine(): Engine {
    return this.#running().engine
  }

  get machine(): Engine['machine'] {
    return this.engine.machine
  }

  get driver(): Engine['driver'] {
    return this.engine.driver
  }

  get gossip(): GossipTopics {
    return this.#running().gossip
  }

  /** Where it was told that another can be dialled, multiaddrs. */
  addressesOf(id: string): readonly Uint8Array[] {
    return this.dialAddresses.get(id) ?? this.#warmStart?.addresses.get(id) ?? []
  }

  /** A stream of its own for one purpose in its present life. */
  random(purpose: string): Random {
    return this.#stream(`${purpose} of ${this.name}, life ${this.#processes}`)
  }

  /** @param settled what its first process knows already */
  start(settled?: WarmStart): void {
    if (this.#process) throw new Error(`${this.name} runs already`)
    this.#processes += 1
    const { network, profile, bootstrap, tuning, keys, watch, promised } = this.#options
    network.register(this)
    const storage = this.#storage
    const { store } = storage
    this.#warmStart = settled
    const { incarnation } = this
    const keyValues = store.open()
    const writes = new WriteQueue({
      keyValues,
      clock: this.clock,
      changed: state => face.storageChanged(state),
    })
    const face = new ObservedHandle(simulatedCluster, this, watch, promised)
    const engine = createEngine(
      face,
      { cluster: simulatedCluster, name: this.name, profile, bootstrap: [...bootstrap] },
      {
        id: storage.identity.id,
        clock: this.clock,
        transport: network.transportOf(this),
        keys: { ...keys.signerOf(storage.identity.id), verify: keys.verify.bind(keys) },
        random: this.random('machine'),
        incarnation,
        cachedPeers: storage.cachedPeers,
        keyValues,
        writes,
        persist: incarnation => {
          const { identity } = storage
          identity.greatestIncarnation = Math.max(incarnation, identity.greatestIncarnation ?? 0)
          const value = new TextEncoder().encode(String(incarnation))
          if (!store.isWell) return writes.store([{ key: incarnationKey, value }])
          // Without a promise, as time does not go on meanwhile.
          store.putNow(incarnationKey, value)
          return undefined
        },
        persistCachedPeers: addresses => {
          storage.cachedPeers = addresses
        },
        log: message => watch.note(this, message),
        share: watch.fact,
      },
      { ...tuning, ...(settled && { prior: settled.prior }) },
    )
    const cluster = withLeave(face, () => this.#options.leave())
    this.#process = { cluster, face, engine, gossip: network.gossipOf(this) }
    this.#present()
    engine.driver.start()
  }

  /** Resolves when the neighbours have it, or a second later. */
  sayGoodbye(): Promise<void> {
    return this.#running().face.leave()
  }

  /** The process ends without a word of its own. */
  stop(): void {
    this.#process?.engine.driver.stop()
    this.#storage.store.close()
    this.#process = undefined
    this.#processes += 1
    this.clock.reset()
    this.links.clear()
    this.dialAddresses.clear()
    this.#warmStart = undefined
  }

  /** Its storage is gone: without its identity, it will be another member. */
  loseStorage({ keepIdentity }: { keepIdentity: boolean }): void {
    this.#storage = keepIdentity ? this.#emptyStorage(this.#storage.identity) : this.#newStorage()
  }

  /** Before its first process: it has a copy of another's storage, identity included, as that is now. */
  copyStorage(other: SimulatedMember): void {
    const { identity, cachedPeers, store } = other.#storage
    this.#storage = { ...this.#emptyStorage(identity), cachedPeers }
    this.#storage.store.copyFrom(store)
  }

  /** Can be dialled there from now on, and nowhere else. */
  moveTo(address: string): void {
    this.#options.network.unregisterAddress(this.#address)
    this.#address = address
    this.#options.network.register(this)
    if (!this.#process) return
    this.#present()
    this.driver.networkChanged()
  }

  /** Does it now, once awake, or, if this process has ended by then, never. */
  deliver(act: (driver: Engine['driver']) => void): void {
    const process = this.#process
    if (!process) return
    this.clock.whenAwake(() => {
      if (process === this.#process) act(process.engine.driver)
    })
  }

  #present(): void {
    this.driver.handle({ type: 'local-change', change: { addresses: [multiaddr(this.#address).bytes] } })
  }

  #newStorage(): Storage {
    this.#identities += 1
    const { seed, name } = this.#options
    const identity = this.#identities === 1 ? name : `${name} ${this.#identities}`
    return this.#emptyStorage({ id: simulatedId(seed, identity), greatestIncarnation: undefined })
  }

  #emptyStorage(identity: Identity): Storage {
    const { promised, time, kill } = this.#options
    const store = new SimulatedStore({
      used: promised,
      random: this.#stream(`store of ${identity.id}`),
      after: (ms, act) => void time.after(ms, act),
      kill,
    })
    return { identity, cachedPeers: [], store }
  }

  #stream(purpose: string): Random {
    return randomStream(this.#options.seed, purpose)
  }

  #running(): Process {
    if (!this.#process) throw new Error(`${this.name} is not running`)
    return this.#process
  }
}

/** The face that ships, and somebody who looks over its shoulder. */
class ObservedHandle extends ClusterHandle {
  readonly #member: SimulatedMember
  readonly #watch: MemberObserver
  readonly #promised: () => void

  constructor(name: string, member: SimulatedMember, watch: MemberObserver, promised: () => void) {
    super(name, member.clock)
    this.#member = member
    this.#watch = watch
    this.#promised = promised
  }

  override room<P extends object>(name: string): Promise<Room<P>> {
    this.#promised()
    return super.room(name)
  }

  override config<S extends ConfigSchema | undefined>(
    name: string,
    options?: ConfigOptions<S>,
  ): Promise<Config<S>> {
    this.#promised()
    return super.config(name, options)
  }

  override event(event: MemberEvent): void {
    super.event(event)
    this.#watch.event(this.#member, event)
  }

  override stepped(): void {
    super.stepped()
    this.#watch.stepped(this.#member)
  }
}
