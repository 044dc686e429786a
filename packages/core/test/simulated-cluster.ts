/**
 * Simulated cluster: real members on a virtual clock and a simulated network. The seed is the run.
 *
 * Members are called m0, m1, …; m0 is everybody's bootstrap. All of them run the shipped driver, machine and codec.
 */
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { MachineOptions } from '../src/cluster/machine.ts'
import { memberIdFromKey } from '../src/wire/member-id.ts'
import { mulberry32 } from './mulberry32.ts'
import { type SimulatedEvent, SimulatedMember } from './simulated-member.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { VirtualTime } from './virtual-time.ts'

export interface ClusterOptions {
  readonly seed: number
  /** How many start at once. */
  readonly members: number
  readonly profile?: MachineOptions['profile']
  /** For experiments. */
  readonly machine?: Partial<MachineOptions>
}

export type NamedEvent = Omit<SimulatedEvent, 'id'> & { readonly by: string; readonly member: string }

/** How finely `runUntil` looks. */
const lookMs = 10

export function createSimulatedCluster(options: ClusterOptions): SimulatedCluster {
  return new SimulatedCluster(options)
}

export class SimulatedCluster {
  readonly members: SimulatedMember[] = []
  readonly network: SimulatedNetwork
  readonly #options: ClusterOptions
  readonly #time = new VirtualTime()
  readonly #random: () => number

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#random = mulberry32(options.seed)
    this.network = new SimulatedNetwork(this.#time, this.members, this.#random)
    for (let i = 0; i < options.members; i++) this.add()
  }

  get nowMs(): number {
    return this.#time.nowMs
  }

  /** What the members told their apps, in order. */
  get events(): NamedEvent[] {
    return this.members
      .flatMap(({ name: by, events }) =>
        events.map(({ id, ...event }) => ({ ...event, by, member: this.nameOf(id) })),
      )
      .sort((a, b) => a.atMs - b.atMs)
  }

  get running(): SimulatedMember[] {
    return this.members.filter(({ isRunning }) => isRunning)
  }

  member(name: string): SimulatedMember {
    const member = this.members.find(each => each.name === name)
    if (!member) throw new Error(`no member ${name}`)
    return member
  }

  nameOf(id: string): string {
    return this.members.find(each => each.id === id)?.name ?? id
  }

  /** A new member, started at once. @param bootstrap names. */
  add(bootstrap: readonly string[] = ['m0']): SimulatedMember {
    const { seed, profile = 'lan', machine = {} } = this.#options
    const index = this.members.length
    const name = `m${index}`
    const id = memberIdFromKey(createHash('sha256').update(`${seed} ${name}`).digest()) ?? ''
    const address = addressOf(index)
    const doors = bootstrap.filter(other => other !== name).map(other => this.member(other).address)
    const member = new SimulatedMember(
      {
        name,
        id,
        address,
        bootstrap: doors,
        random: mulberry32(seed ^ ((index + 1) * 0x9e3779b1)),
        machine: { profile, ...machine },
      },
      this.#time,
    )
    this.members.push(member)
    this.start(name)
    return member
  }

  /** Starts a process again, under its old identity. */
  start(name: string): void {
    const member = this.member(name)
    const hasLeft = () => void this.#time.after(0, () => this.#stop(member))
    member.start(this.network.transportOf(member), hasLeft)
  }

  /** SIGKILL. */
  crash(...names: string[]): void {
    for (const name of names) this.#stop(this.member(name))
  }

  /** The machine loses power: nobody is told, and nobody refuses. */
  vanish(name: string): void {
    const member = this.member(name)
    this.network.hangUp(member, false)
    member.stop()
    member.isOffline = true
  }

  leave(name: string): void {
    const member = this.member(name)
    member.leave(() => this.#stop(member))
  }

  /** SIGSTOP, and SIGCONT after that time. */
  stall(name: string, ms: number): void {
    this.member(name).pause(ms, false, this.#random() < 0.5)
  }

  /** The lid closes: its wall clock goes on, its monotonic clock does not, and what is sent to it is lost. */
  sleep(name: string, ms: number): void {
    this.member(name).pause(ms, true, this.#random() < 0.5)
  }

  /** Its own network goes with all its links, and comes back with another address. */
  changeNetwork(name: string, ms: number, { othersNotice }: { othersNotice: boolean }): void {
    const member = this.member(name)
    for (const [id, connection] of [...member.links]) {
      member.links.delete(id)
      member.deliver(driver => driver.link(id, 'closed'))
      const other = this.members.find(each => each.id === id)
      if (!othersNotice || other?.links.get(member.id) !== connection) continue
      other.links.delete(member.id)
      other.deliver(driver => driver.link(member.id, 'closed'))
    }
    member.isOffline = true
    this.#time.after(ms, () => {
      member.isOffline = false
      member.moveTo(addressOf(this.members.indexOf(member) + 0x8000))
    })
  }

  /** Nothing gets from any of the one to any of the other, until `heal`. */
  cut(from: readonly string[], to: readonly string[], { oneWay = false } = {}): void {
    for (const a of from)
      for (const b of to) {
        this.network.cut(this.member(a), this.member(b))
        if (!oneWay) this.network.cut(this.member(b), this.member(a))
      }
  }

  heal(): void {
    this.network.heal()
  }

  later(afterMs: number, act: () => void): void {
    this.#time.after(afterMs, act)
  }

  run(ms: number): void {
    this.#time.runTo(this.#time.nowMs + ms)
  }

  /** Returns how long it took. @throws if it did not come true. */
  runUntil(isSo: () => boolean, { withinMs }: { withinMs: number }): number {
    const startedMs = this.#time.nowMs
    while (!isSo()) {
      if (this.#time.nowMs - startedMs >= withinMs)
        throw new Error(`not within ${withinMs} ms; to replay: ${this.replay()}\n${this.#report()}`)
      this.run(lookMs)
    }
    return this.#time.nowMs - startedMs
  }

  /** Everybody who runs sees exactly those who run. */
  isConverged(): boolean {
    const running = this.running
    return running.every(member => this.sees(member, running))
  }

  /** Whether these, and nobody else, are alive in a member's view, each in its present incarnation. */
  sees(member: SimulatedMember, others: readonly SimulatedMember[]): boolean {
    const { machine } = member
    return (
      machine.health().visible === others.length &&
      others.every(({ id, storedIncarnation }) => {
        const seen = machine.member(id)
        return seen?.status === 'alive' && seen.incarnation === storedIncarnation
      })
    )
  }

  /** How those who run see a member, without repetition. */
  statusesOf(name: string): string[] {
    const { id } = this.member(name)
    const others = this.running.filter(member => member.id !== id)
    return [...new Set(others.map(({ machine }) => machine.member(id)?.status ?? 'unknown'))].sort()
  }

  /** Bytes sent by all, by kind. */
  sent(): { probe: number; sync: number; rumor: number } {
    const sum = { probe: 0, sync: 0, rumor: 0 }
    for (const { sent } of this.members) for (const kind of kinds) sum[kind] += sent[kind]
    return sum
  }

  replay(): string {
    return `createSimulatedCluster(${JSON.stringify(this.#options)})`
  }

  #stop(member: SimulatedMember): void {
    if (!member.isRunning) return
    this.network.hangUp(member, true)
    member.stop()
  }

  #report(): string {
    return this.running
      .map(({ name, machine }) => {
        const count = (status: string) => machine.members().filter(member => member.status === status).length
        const counts = ['alive', 'suspect', 'dead', 'left'].map(status => `${status} ${count(status)}`)
        return `${name}: ${counts.join(', ')}, links ${machine.health().connections}`
      })
      .slice(0, 8)
      .join('\n')
  }
}

/** Runs a scenario twice: the second run must do exactly the same. */
export function runTwice(scenario: () => SimulatedCluster): SimulatedCluster {
  const first = scenario()
  const second = scenario()
  expect(second.network.trace, `two runs differ: ${first.replay()}`).toBe(first.network.trace)
  return first
}

export function namesFrom(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `m${from + i}`)
}

const kinds = ['probe', 'sync', 'rumor'] as const

function addressOf(index: number): string {
  return `/ip4/10.${index >> 14}.${(index >> 7) & 127}.${index & 127}/tcp/4001`
}
