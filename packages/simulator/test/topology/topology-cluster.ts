/**
 * Topology cluster: a simulated cluster of a drawn topology, and its faults.
 *
 * No traffic ever crosses a permanent cut. m0 is the bootstrap of all members: it restarts, and otherwise always runs.
 */
import { createSimulation, type Simulation } from '../../src/index.ts'
import type { Random } from '../../src/random-stream.ts'
import { pick, type Topology } from './draw-topology.ts'
import { componentOf, isConnected } from './graph.ts'
import { SyncCheck } from './sync-check.ts'
import { Seat } from './topology-member.ts'

const foundWithinMs = 60_000
/** After the network carries all traffic again. Our choice: delayed traffic is synced by then. */
const caughtUpMs = 10_000

export class TopologyCluster {
  readonly simulation: Simulation
  readonly topology: Topology
  readonly seats: Seat[] = []
  readonly check: SyncCheck
  readonly #random: Random
  #groups: readonly (readonly string[])[] | undefined
  #healPartition: () => void = () => {}
  #disturbedMs = 0
  #unsettledMs = 0
  #delay: { readonly sinceMs: number; readonly untilMs: number } | undefined

  constructor(seed: number, topology: Topology, random: Random) {
    const { members, start } = topology
    this.topology = topology
    this.#random = random
    this.simulation = createSimulation({ seed, members, start })
    for (const { name } of this.simulation.members) this.seats.push(new Seat(name, this.simulation))
    this.check = new SyncCheck({
      nowMs: () => this.simulation.nowMs,
      disturbedMs: () => this.#disturbedMs,
      unsettledMs: () => this.#unsettledMs,
      delayedSinceMs: () => this.#delayedSinceMs(),
      areTogether: (a, b) => this.#areTogether(a.name, b.name),
    })
    this.#cutForEver()
  }

  get holders(): Seat[] {
    return this.seats.filter(({ isHolder }) => isHolder)
  }

  get inRoom(): Seat[] {
    return this.seats.filter(({ isInRoom }) => isInRoom)
  }

  /** Members find each other; then the drawn members join the room and open the document. */
  async begin(): Promise<void> {
    await this.simulation.runUntil(() => this.simulation.isConverged(), { withinMs: foundWithinMs })
    const { room, holders } = this.topology
    for (const name of room) await this.#seat(name).enter()
    for (const name of holders) {
      if (this.#random() < 0.5) await this.simulation.run(Math.floor(1_000 * this.#random()))
      this.open(this.#seat(name))
    }
  }

  open(seat: Seat): void {
    if (seat.open()) this.check.opened(seat)
  }

  partition(): void {
    const names = this.seats.map(({ name }) => name)
    this.#groups = [names.filter(() => this.#random() < 0.5)]
    this.#healPartition = this.simulation.partition(this.#groups)
    this.#delayed(Number.POSITIVE_INFINITY)
  }

  heal(): void {
    if (!this.#groups) return
    this.#groups = undefined
    this.#healPartition()
    this.#disturbed()
    this.#delay = { sinceMs: this.#delayedSinceMs(), untilMs: this.simulation.nowMs + caughtUpMs }
  }

  dropGossip(): void {
    const ms = Math.floor(5_000 * this.#random())
    this.simulation.dropGossip(ms, { rate: this.#random() })
    this.#delayed(ms)
  }

  /** Restarts its process from its storage; its app joins the room and opens the document again. */
  async restart(seat: Seat): Promise<void> {
    const { isInRoom, document } = seat
    this.#start(seat)
    this.#disturbed()
    seat.ended()
    if (!isInRoom && this.#random() < 0.5) return
    await seat.enter()
    if (document || this.#random() < 0.3) this.open(seat)
  }

  crash(seat: Seat): void {
    if (seat.name === 'm0') return
    seat.ended()
    this.simulation.crash(seat.name, { powerLoss: this.#random() < 0.3 })
    this.#disturbed()
  }

  leaveCluster(seat: Seat): void {
    if (seat.name === 'm0') return
    seat.ended()
    seat.isLeaving = true
    void this.simulation.leave(seat.name)
    this.#disturbed()
  }

  async add(): Promise<void> {
    const { name } = this.simulation.add()
    const seat = new Seat(name, this.simulation)
    this.seats.push(seat)
    this.#disturbedMs = this.simulation.nowMs
    if (this.#random() < 0.7) await seat.enter()
    if (this.#random() < 0.7) this.open(seat)
  }

  /** Only the permanent cuts stay. Members join the room, or restart, until the room's members are connected. */
  async calm(): Promise<void> {
    this.heal()
    this.simulation.heal()
    this.#cutForEver()
    // Members that are leaving have left by then.
    await this.simulation.run(5_000)
    const isJoined = () =>
      isConnected(
        this.inRoom.map(({ name }) => name),
        this.topology.cuts,
      )
    while (this.inRoom.length < 2 || !isJoined()) {
      const outside = this.seats.filter(({ isInRoom }) => !isInRoom)
      const seat = pick(outside, this.#random)
      if (!seat) break
      if (!seat.isRunning) this.#start(seat)
      await seat.enter()
    }
    for (const seat of this.inRoom) if (this.holders.length < 2 && !seat.isHolder) this.#connect(seat)
  }

  #start(seat: Seat): void {
    this.simulation.restart(seat.name)
    seat.isLeaving = false
  }

  #connect(seat: Seat): void {
    seat.document?.provider.connect()
    this.open(seat)
  }

  #areTogether(a: string, b: string): boolean {
    const { cuts } = this.topology
    const isLeft = (name: string) => this.#groups?.[0]?.includes(name) ?? false
    const areJoined = (one: string, other: string) => !cuts.has(one, other) && isLeft(one) === isLeft(other)
    const room = this.inRoom.map(({ name }) => name)
    return componentOf(a, room, areJoined).has(b)
  }

  #cutForEver(): void {
    for (const [a, b] of this.topology.cuts.pairs) this.simulation.cut(a, b)
  }

  #disturbed(): void {
    this.#disturbedMs = this.simulation.nowMs
    this.#unsettledMs = this.simulation.nowMs
  }

  /** The network delays traffic for this time. */
  #delayed(ms: number): void {
    this.#disturbed()
    const untilMs = Math.max(this.#delay?.untilMs ?? 0, this.simulation.nowMs + ms + caughtUpMs)
    this.#delay = { sinceMs: this.#delayedSinceMs(), untilMs }
  }

  #delayedSinceMs(): number {
    const { nowMs } = this.simulation
    return this.#delay && this.#delay.untilMs > nowMs ? this.#delay.sinceMs : nowMs
  }

  #seat(name: string): Seat {
    const seat = this.seats.find(each => each.name === name)
    if (!seat) throw new Error(`there is no ${name}`)
    return seat
  }
}
