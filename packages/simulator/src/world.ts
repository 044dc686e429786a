/**
 * World: the members, what is between them, and who watches.
 *
 * Members are called m0, m1, … in the order in which they came; none is ever removed, only stopped.
 */

import type { Delay } from './delay.ts'
import { FaultLog } from './fault-log.ts'
import { Network } from './network.ts'
import { NetworkConditions } from './network-conditions.ts'
import { Observer } from './observer.ts'
import { InvalidSimulationError, type SimulationOptions } from './options.ts'
import { type Random, randomStream } from './random-stream.ts'
import { SimulatedKeys } from './simulated-keys.ts'
import { SimulatedMember, type WarmStart } from './simulated-member.ts'
import { Trace } from './trace.ts'
import { VirtualTime } from './virtual-time.ts'

const usualDelay: Delay = { type: 'uniform', minMs: 1, maxMs: 5 }
const defaultAllowanceMs = 60_000
/** As the machine has it. */
const defaultMaxMembers = 20_000

export class World {
  readonly options: SimulationOptions
  readonly time: VirtualTime = new VirtualTime()
  readonly trace: Trace = new Trace()
  readonly members: SimulatedMember[] = []
  readonly conditions: NetworkConditions
  readonly network: Network
  readonly troubles: FaultLog
  readonly observer: Observer
  readonly #keys = new SimulatedKeys()
  readonly #byName = new Map<string, SimulatedMember>()
  readonly #stopApp = new Map<string, () => void>()
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
    this.troubles = new FaultLog(this.conditions)
    const { invariants = {}, tuning = {} } = options
    this.observer = new Observer({
      nowMs: () => time.nowMs,
      memberOf: id => this.network.memberOf(id),
      faultLog: this.troubles,
      bounds: { maxMembers: tuning.maxMembers ?? defaultMaxMembers, ids: () => this.network.ids },
      allowanceMs: (invariants === 'off' ? undefined : invariants.allowanceMs) ?? defaultAllowanceMs,
      areChecked: invariants !== 'off',
    })
  }

  /** Whether an app waits for its goodbye. */
  get isAnyLeaving(): boolean {
    return this.#leaving > 0
  }

  /** Promises made to members so far. */
  get promises(): number {
    return this.#promises
  }

  /** @throws {InvalidSimulationError} nobody has that name */
  member(name: string): SimulatedMember {
    const member = this.#byName.get(name)
    if (!member) throw new InvalidSimulationError(`there is no member ${name}`)
    return member
  }

  /** Of an id that a member has or had; the id, if nobody had it. */
  nameOf(id: string): string {
    return this.network.memberOf(id)?.name ?? id
  }

  /** A stream for one more fault. */
  random(what: string): Random {
    this.#streams += 1
    return randomStream(this.options.seed, `${what}, fault ${this.#streams}`)
  }

  newAddress(): string {
    const index = this.#addresses++
    return `/ip4/10.${index >> 14}.${(index >> 7) & 127}.${index & 127}/tcp/4001`
  }

  /** Does not start it. @param bootstrap names */
  add(bootstrap: readonly string[]): SimulatedMember {
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
      time,
      network,
      keys: this.#keys,
      watch: observer,
      promised: () => {
        this.#promises += 1
      },
      leave: () => this.leave(member),
      kill: () => this.stop(member, true),
    })
    this.members.push(member)
    this.#byName.set(name, member)
    return member
  }

  /** @param settled what its process knows already */
  start(member: SimulatedMember, settled?: WarmStart): void {
    this.troubles.activeUntil(member.name, this.time.nowMs)
    member.isOffline = false
    member.start(settled)
    const stop = this.options.app?.(member.cluster, member.name)
    if (stop) this.#stopApp.set(member.name, stop)
  }

  /** The process ends. @param closeOtherEnds whether its kernel lives on and tells the others */
  stop(member: SimulatedMember, closeOtherEnds: boolean): void {
    if (!member.isRunning) return
    this.#stopApp.get(member.name)?.()
    this.#stopApp.delete(member.name)
    this.network.closeLinks(member, closeOtherEnds)
    member.stop()
    if (!closeOtherEnds) member.isOffline = true
  }

  /** Says goodbye; then the process ends. */
  async leave(member: SimulatedMember): Promise<void> {
    const { life } = member
    this.#leaving += 1
    try {
      await member.sayGoodbye()
    } finally {
      this.#leaving -= 1
    }
    if (member.life === life) this.stop(member, true)
  }
}
