/**
 * World: the members, the network between them, and the observer.
 *
 * Members are named m0, m1, … in the order in which they were added. A member is never removed, only stopped.
 */

import type { LeaveOptions } from '@hearsay/core'
import type { Delay } from './delay.ts'
import { FaultLog } from './fault-log.ts'
import { Network } from './network.ts'
import { NetworkConditions } from './network-conditions.ts'
import { Observer } from './observer.ts'
import { InvalidSimulationError, type SimulationOptions } from './options.ts'
import { type Random, randomStream } from './random-stream.ts'
import { SimulatedKeys } from './simulated-keys.ts'
import { SimulatedMember } from './simulated-member.ts'
import type { WarmStart } from './simulated-process.ts'
import { Trace } from './trace.ts'
import { VirtualTime } from './virtual-time.ts'

const usualDelay: Delay = { type: 'uniform', minMs: 1, maxMs: 5 }
const defaultAllowanceMs = 60_000
/** The default of the membership machine. */
const defaultMaxMembers = 20_000

export class World {
  readonly options: SimulationOptions
  readonly time: VirtualTime = new VirtualTime()
  readonly trace: Trace = new Trace()
  readonly members: SimulatedMember[] = []
  readonly conditions: NetworkConditions
  readonly network: Network
  readonly faultLog: FaultLog
  readonly observer: Observer
  readonly #keys = new SimulatedKeys()
  readonly #byName = new Map<string, SimulatedMember>()
  readonly #stopApp = new Map<string, () => void>()
  /** The number of identities that hostile members invented. */
  invented = 0
  #addresses = 0
  #streams = 0
  #leaving = 0
  #promises = 0

  constructor(options: SimulationOptions) {
    const { seed, network = {} } = options
    const { time, trace } = this
    this.options = options
    this.conditions = new NetworkConditions(seed, network.delay ?? usualDelay)
    this.network = new Network({ time, conditions: this.conditions, trace })
    this.faultLog = new FaultLog(this.conditions)
    const { invariants = {}, tuning = {} } = options
    this.observer = new Observer({
      nowMs: () => time.nowMs,
      memberOf: id => this.network.directory.memberOf(id),
      faultLog: this.faultLog,
      bounds: {
        maxMembers: tuning.maxMembers ?? defaultMaxMembers,
        ids: () => this.network.directory.ids + this.invented,
      },
      allowanceMs: (invariants === 'off' ? undefined : invariants.allowanceMs) ?? defaultAllowanceMs,
      areChecked: invariants !== 'off',
    })
  }

  /** Whether an app waits for its member to leave. */
  get isAnyLeaving(): boolean {
    return this.#leaving > 0
  }

  /** The number of promises that members created so far. */
  get promises(): number {
    return this.#promises
  }

  /** @throws {InvalidSimulationError} no member has that name */
  member(name: string): SimulatedMember {
    const member = this.#byName.get(name)
    if (!member) throw new InvalidSimulationError(`there is no member ${name}`)
    return member
  }

  /** The name of the member that has or had this id; without such a member, the id itself. */
  nameOf(id: string): string {
    return this.network.directory.memberOf(id)?.name ?? id
  }

  /** A random stream for one more fault. */
  random(what: string): Random {
    this.#streams += 1
    return randomStream(this.options.seed, `${what}, fault ${this.#streams}`)
  }

  newAddress(): string {
    const index = this.#addresses++
    return `/ip4/10.${index >> 14}.${(index >> 7) & 127}.${index & 127}/tcp/4001`
  }

  /**
   * Adds a member without starting it.
   *
   * @param bootstrap names of members to join through
   * @param id its id. @default an id that depends on its name and the seed
   * @param isEphemeral whether other members forget it when it has left
   */
  add(bootstrap: readonly string[], id?: string, isEphemeral = false): SimulatedMember {
    const { seed, profile = 'lan', tuning = {} } = this.options
    const { time, network, observer } = this
    const name = `m${this.members.length}`
    const member: SimulatedMember = new SimulatedMember({
      seed,
      name,
      address: this.newAddress(),
      bootstrap: bootstrap.filter(other => other !== name).map(other => this.member(other).address),
      profile,
      tuning,
      secret: this.options.secret?.(name),
      mayChangeKeys: author => this.#mayChangeKeys(author),
      id,
      isEphemeral,
      time,
      network,
      keys: this.#keys,
      watch: observer,
      promised: () => {
        this.#promises += 1
      },
      leave: options => this.leave(member, options),
      kill: () => this.stop(member, true),
    })
    this.members.push(member)
    this.#byName.set(name, member)
    return member
  }

  /** @param warmStart what its first process knows from the start */
  start(member: SimulatedMember, warmStart?: WarmStart): void {
    this.faultLog.activeUntil(member.name, this.time.nowMs)
    member.isOffline = false
    member.start(warmStart)
    const stop = this.options.app?.(member.cluster, member.name)
    if (stop) this.#stopApp.set(member.name, stop)
  }

  /**
   * Ends the process.
   *
   * @param closeOtherEnds whether the machine still runs, so that its kernel closes the connections
   */
  stop(member: SimulatedMember, closeOtherEnds: boolean): void {
    if (!member.isRunning) return
    this.#stopApp.get(member.name)?.()
    this.#stopApp.delete(member.name)
    this.network.closeLinks(member, closeOtherEnds)
    member.stop()
    if (!closeOtherEnds) member.isOffline = true
  }

  #mayChangeKeys(author: string): boolean {
    const { keyAuthority } = this.options
    return keyAuthority === undefined || this.member(keyAuthority).id === author
  }

  /** The member leaves the cluster, and then its process ends. */
  async leave(member: SimulatedMember, options?: LeaveOptions): Promise<void> {
    const { processNumber } = member
    this.#leaving += 1
    try {
      await member.announceLeave(options)
    } finally {
      this.#leaving -= 1
    }
    if (member.processNumber === processNumber) this.stop(member, true)
  }
}
