/**
 * Simulated member: one member with its disk, its clock and its part of the network.
 *
 * Processes (simulated-process.ts) start and end under one name; the identity and the incarnation live as long as
 * the disk.
 */
import type { Cluster, LeaveOptions } from '@hearsay/core'
import type { Engine, Host, KeyringKey, MemberEvent, Transport } from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import type { GossipTopics } from './gossip-topics.ts'
import { MemberClock } from './member-clock.ts'
import { type MemberDisk, MemberDisks } from './member-disk.ts'
import { MemberLinks } from './member-links.ts'
import { type Random, randomStream } from './random-stream.ts'
import {
  createProcess,
  type ProcessHost,
  type ProcessOptions,
  type SimulatedProcess,
  type WarmStart,
} from './simulated-process.ts'
import type { SimulatedStore } from './simulated-store.ts'
import { noTraffic, type Traffic } from './traffic.ts'
import type { VirtualTime } from './virtual-time.ts'

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
  /** The keys of the member changed. */
  keysChanged(member: SimulatedMember): void
  transportOf(member: SimulatedMember): Transport
  gossipOf(member: SimulatedMember): GossipTopics
}

/** The part of the simulation that a member uses. */
export interface SimulatedMemberOptions extends ProcessOptions {
  readonly seed: number
  readonly address: string
  /** The first id of the member. @default an id that depends on its name and the seed */
  readonly id?: string | undefined
  readonly time: VirtualTime
  readonly network: MemberNetwork
  readonly watch: MemberObserver
  /** Kills the running process. */
  readonly kill: () => void
}

/** One member: its process, if one runs, its storage and its clock. */
export class SimulatedMember {
  /** The member's name: m0, m1, … It stays when the process or the disk is replaced. */
  readonly name: string
  /** The member's own clock, which can be wrong or stopped. */
  readonly clock: MemberClock
  /** Draws the delays of the frames that this member sends. */
  readonly delayRandom: Random
  /** The member's open connections. */
  readonly links: MemberLinks<SimulatedMember> = new MemberLinks<SimulatedMember>(this)
  /** The addresses of other members that it received since its process started. */
  readonly dialAddresses: Map<string, readonly Uint8Array[]> = new Map()
  /** Bytes since the start of the simulation. */
  readonly sent: Traffic = noTraffic()
  /** The member's own network is disconnected: its dials fail at once, and nothing arrives. */
  isOffline = false
  /** The member answers probes, and neither sends nor forwards anything else. */
  isWithholding = false
  readonly #options: SimulatedMemberOptions
  #address: string
  readonly #disks: MemberDisks
  #disk: MemberDisk
  #processes = 0
  #warmStart: WarmStart | undefined
  #process: SimulatedProcess | undefined

  constructor(options: SimulatedMemberOptions) {
    this.#options = options
    this.name = options.name
    this.clock = new MemberClock(options.time)
    this.delayRandom = this.#stream(`delays of ${options.name}`)
    this.#address = options.address
    const { seed, name, promised, time, kill } = options
    const after = (ms: number, act: () => void): void => void time.after(ms, act)
    this.#disks = new MemberDisks(seed, name, { used: promised, after, kill }, options.id)
    this.#disk = this.#disks.withNewIdentity()
  }

  /** The member id; it changes only when the storage is lost. */
  get id(): string {
    return this.#disk.identity.id
  }

  /** The address at which it can be dialled. */
  get address(): string {
    return this.#address
  }

  /** The last published incarnation, from its storage; undefined before the first start. */
  get incarnation(): number | undefined {
    return this.#disk.incarnation
  }

  /** The disk of the member, and the disk's faults. */
  get store(): SimulatedStore {
    return this.#disk.store
  }

  /** The greatest incarnation that it ever published under its present id. */
  get greatestIncarnation(): number | undefined {
    return this.#disk.identity.greatestIncarnation
  }

  /** Increases when a process starts or ends. */
  get processNumber(): number {
    return this.#processes
  }

  /** Whether a process of the member runs, paused or not. */
  get isRunning(): boolean {
    return this.#process !== undefined
  }

  /** The cluster handle of the app in the running process. @throws if no process runs */
  get cluster(): Cluster {
    return this.#running().cluster
  }

  /** The machine and the driver of the running process. @throws if no process runs */
  get engine(): Engine {
    return this.#running().engine
  }

  /** The membership machine of the running process. @throws if no process runs */
  get machine(): Engine['machine'] {
    return this.engine.machine
  }

  /** The driver of the running process. @throws if no process runs */
  get driver(): Engine['driver'] {
    return this.engine.driver
  }

  /** The keys of the running process, the primary one first; none in a cluster without a secret. */
  get keys(): readonly KeyringKey[] {
    return this.#process?.keys ?? []
  }

  /** The gossipsub topics of the running process. @throws if no process runs */
  get gossip(): GossipTopics {
    return this.#running().gossip
  }

  /** The addresses of another member that it received, as multiaddrs. */
  addressesOf(id: string): readonly Uint8Array[] {
    return this.dialAddresses.get(id) ?? this.#warmStart?.addresses.get(id) ?? []
  }

  /** A random stream for one purpose in the running process. */
  random(purpose: string): Random {
    return this.#stream(`${purpose} of ${this.name}, life ${this.#processes}`)
  }

  /** Starts a process. @param warmStart what the process knows from the start @throws if a process runs already */
  start(warmStart?: WarmStart): void {
    if (this.#process) throw new Error(`${this.name} runs already`)
    this.#processes += 1
    const { network, watch } = this.#options
    network.register(this)
    this.#warmStart = warmStart
    const host: ProcessHost = {
      clock: this.clock,
      disk: this.#disk,
      random: this.random('machine'),
      transport: network.transportOf(this),
      share: watch.fact,
      gossip: () => network.gossipOf(this),
      event: event => watch.event(this, event),
      stepped: () => watch.stepped(this),
      note: message => watch.note(this, message),
      keysChanged: () => network.keysChanged(this),
    }
    this.#process = createProcess(this.#options, host, warmStart)
    this.#publishAddress()
    this.driver.start()
  }

  /**
   * Leaves the cluster. Resolves when all connected members have received the leave, or after 1 s, and when 200 ms more have
   * passed. If document changes are still unsent, it resolves up to 5 s later.
   */
  announceLeave(options?: LeaveOptions): Promise<void> {
    return this.#running().handle.leave(options)
  }

  /** Ends the process without a leave. */
  stop(): void {
    this.#process?.engine.driver.stop()
    this.#disk.store.close()
    this.#process = undefined
    this.#processes += 1
    this.clock.reset()
    this.links.clear()
    this.dialAddresses.clear()
    this.#warmStart = undefined
  }

  /** Deletes its disk. Without its identity, the member becomes another one. */
  loseStorage({ keepIdentity }: { keepIdentity: boolean }): void {
    this.#disk = keepIdentity ? this.#disks.withIdentity(this.#disk.identity) : this.#disks.withNewIdentity()
  }

  /**
   * Copies another member's present disk, including its identity. Call this method before the first
   * process starts.
   */
  copyStorage(other: SimulatedMember): void {
    this.#disk = this.#disks.withIdentity(other.#disk.identity)
    this.#disk.copyFrom(other.#disk)
  }

  /** Moves the member to this address: from now on, other members can dial it at no other address. */
  moveTo(address: string): void {
    this.#options.network.unregisterAddress(this.#address)
    this.#address = address
    this.#options.network.register(this)
    if (!this.#process) return
    this.#publishAddress()
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

  #publishAddress(): void {
    this.driver.handle({ type: 'local-change', change: { addresses: [multiaddr(this.#address).bytes] } })
  }

  #stream(purpose: string): Random {
    return randomStream(this.#options.seed, purpose)
  }

  #running(): SimulatedProcess {
    if (!this.#process) throw new Error(`${this.name} is not running`)
    return this.#process
  }
}
