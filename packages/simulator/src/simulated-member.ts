/**
 * Simulated member: one member's process, its storage, and its part of the network.
 *
 * It runs the shipped engine. Processes start and end under one name; the identity and the incarnation live as long as
 * the storage.
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

/** Receives what a member reports. */
export interface MemberObserver {
  fact: NonNullable<Host['share']>
  event(member: SimulatedMember, event: MemberEvent): void
  /** The process ran a step. */
  stepped(member: SimulatedMember): void
  note(member: SimulatedMember, message: string): void
}

/** The network, as a member uses it. */
export interface MemberNetwork {
  register(member: SimulatedMember): void
  unregisterAddress(address: string): void
  transportOf(member: SimulatedMember): Transport
  gossipOf(member: SimulatedMember): GossipTopics
}

/** What a member uses of the simulation. */
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
  /** The member created a promise that may be awaited. */
  readonly promised: () => void
  /** The app of the present process wants to leave. */
  readonly leave: () => Promise<void>
  /** Kills its present process. */
  readonly kill: () => void
}

interface Process {
  readonly cluster: Cluster
  readonly handle: ClusterHandle
  readonly engine: Engine
  readonly gossip: GossipTopics
}

/** What all members of a long-running cluster know. */
export interface WarmStart {
  readonly prior: MembershipMachine
  /** Id → multiaddrs. */
  readonly addresses: ReadonlyMap<string, readonly Uint8Array[]>
}

/** One object, shared by all copies of the storage. */
interface Identity {
  readonly id: string
  /** The greatest incarnation ever published under this identity. */
  greatestIncarnation: number | undefined
}

/** The state that outlives a process. */
interface Storage {
  readonly identity: Identity
  cachedPeers: readonly string[]
  readonly store: SimulatedStore
}

const incarnationKey = '/hearsay/incarnation'

/** One member: its present process, if one runs, its storage and its clock. */
export class SimulatedMember {
  readonly name: string
  readonly clock: MemberClock
  /** Draws the delays of the frames that this member sends. */
  readonly delayRandom: Random
  readonly links: MemberLinks<SimulatedMember> = new MemberLinks<SimulatedMember>(this)
  /** The addresses of other members that it received since its process started. */
  readonly dialAddresses: Map<string, readonly Uint8Array[]> = new Map()
  /** Bytes since the start of the simulation. */
  readonly sent: Traffic = noTraffic()
  /** The member's own network is disconnected: its dials fail at once, and nothing arrives. */
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

  /** The member id; it changes only when the storage is lost. */
  get id(): string {
    return this.#storage.identity.id
  }

  /** The address at which it can be dialled. */
  get address(): string {
    return this.#address
  }

  /** The last published incarnation, from its storage; undefined before the first start. */
  get incarnation(): number | undefined {
    const stored = this.#storage.store.get(incarnationKey)
    return stored && Number(new TextDecoder().decode(stored))
  }

  /** Its disk and the disk's faults. */
  get store(): SimulatedStore {
    return this.#storage.store
  }

  /** The greatest incarnation that it ever published under its present id. */
  get greatestIncarnation(): number | undefined {
    return this.#storage.identity.greatestIncarnation
  }

  /** Increases when a process starts or ends. */
  get processNumber(): number {
    return this.#processes
  }

  get isRunning(): boolean {
    return this.#process !== undefined
  }

  /** The app's cluster handle of the present process. @throws if no process runs */
  get cluster(): Cluster {
    return this.#running().cluster
  }

  /** The machine and the driver of the present process. @throws if no process runs */
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

  /** The addresses of another member that it received, as multiaddrs. */
  addressesOf(id: string): readonly Uint8Array[] {
    return this.dialAddresses.get(id) ?? this.#warmStart?.addresses.get(id) ?? []
  }

  /** A random stream for one purpose in its present process. */
  random(purpose: string): Random {
    return this.#stream(`${purpose} of ${this.name}, life ${this.#processes}`)
  }

  /** @param warmStart what its first process knows from the start */
  start(warmStart?: WarmStart): void {
    if (this.#process) throw new Error(`${this.name} runs already`)
    this.#processes += 1
    const { network, profile, bootstrap, tuning, keys, watch, promised } = this.#options
    network.register(this)
    const storage = this.#storage
    const { store } = storage
    this.#warmStart = warmStart
    const { incarnation } = this
    const keyValues = store.open()
    const writes = new WriteQueue({
      keyValues,
      clock: this.clock,
      changed: state => handle.storageChanged(state),
    })
    const handle = new ObservedHandle(simulatedCluster, this, watch, promised)
    const engine = createEngine(
      handle,
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
          // Synchronous, because virtual time must not pass meanwhile.
          store.putNow(incarnationKey, value)
          return undefined
        },
        persistCachedPeers: addresses => {
          storage.cachedPeers = addresses
        },
        log: message => watch.note(this, message),
        share: watch.fact,
      },
      { ...tuning, ...(warmStart && { prior: warmStart.prior }) },
    )
    const cluster = withLeave(handle, () => this.#options.leave())
    this.#process = { cluster, handle, engine, gossip: network.gossipOf(this) }
    this.#present()
    engine.driver.start()
  }

  /** Leaves the cluster. Resolves when the neighbours have received the leave, after 1 s at the latest. */
  sayGoodbye(): Promise<void> {
    return this.#running().handle.leave()
  }

  /** Ends the process without a leave. */
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

  /** Deletes its storage. Without its identity it becomes another member. */
  loseStorage({ keepIdentity }: { keepIdentity: boolean }): void {
    this.#storage = keepIdentity ? this.#emptyStorage(this.#storage.identity) : this.#newStorage()
  }

  /**
   * Copies another member's present storage, including its identity. Call this method before the first
   * process starts.
   */
  copyStorage(other: SimulatedMember): void {
    const { identity, cachedPeers, store } = other.#storage
    this.#storage = { ...this.#emptyStorage(identity), cachedPeers }
    this.#storage.store.copyFrom(store)
  }

  /** Moves the member to this address: from now on, other members can dial it at no other address. */
  moveTo(address: string): void {
    this.#options.network.unregisterAddress(this.#address)
    this.#address = address
    this.#options.network.register(this)
    if (!this.#process) return
    this.#present()
    this.driver.networkChanged()
  }

  /**
   * Runs `act` now or, if the process is paused, when it resumes. Does nothing if the process ends before
   * that.
   */
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

/** The shipped cluster handle, with an observer of its events. */
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
