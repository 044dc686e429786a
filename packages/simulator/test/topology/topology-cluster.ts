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
import { TopologyMember } from './topology-member.ts'

const foundWithinMs = 60_000
/**
 * How long delayed traffic may be missing after the network carries all traffic again. Our choice: a few
 * syncs.
 */
const caughtUpMs = 10_000

export class TopologyCluster {
  readonly simulation: Simulation
  readonly topology: Topology
  readonly members: TopologyMember[] = []
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
    for (const { name } of this.simulation.members)
      this.members.push(new TopologyMember(name, this.simulation))
    this.check = new SyncCheck({
      nowMs: () => this.simulation.nowMs,
      disturbedMs: () => this.#disturbedMs,
      unsettledMs: () => this.#unsettledMs,
      delayedSinceMs: () => this.#delayedSinceMs(),
      areTogether: (a, b) => this.#areTogether(a.name, b.name),
    })
    this.#cutForEver()
  }

  get holders(): TopologyMember[] {
    return this.members.filter(({ isHolder }) => isHolder)
  }

  get inRoom(): TopologyMember[] {
    return this.members.filter(({ isInRoom }) => isInRoom)
  }

  /** Members find each other; then the drawn members join the room and open the document. */
  async begin(): Promise<void> {
    await this.simulation.runUntil(() => this.simulation.isConverged(), { withinMs: foundWithinMs })
    const { room, holders } = this.topology
    for (const name of room) await this.#member(name).enter()
    for (const name of holders) {
      if (this.#random() < 0.5) await this.simulation.run(Math.floor(1_000 * this.#random()))
      this.open(this.#member(name))
    }
  }

  open(member: TopologyMember): void {
    if (member.open()) this.check.opened(member)
  }

  partition(): void {
    const names = this.members.map(({ name }) => name)
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
  async restart(member: TopologyMember): Promise<void> {
    const { isInRoom, document } = member
    this.#start(member)
    this.#disturbed()
    member.ended()
    if (!isInRoom && this.#random() < 0.5) return
    await member.enter()
    if (document || this.#random() < 0.3) this.open(member)
  }

  crash(member: TopologyMember): void {
    if (member.name === 'm0') return
    member.ended()
    this.simulation.crash(member.name, { powerLoss: this.#random() < 0.3 })
    this.#disturbed()
  }

  leaveCluster(member: TopologyMember): void {
    if (member.name === 'm0') return
    member.ended()
    member.isLeaving = true
    void this.simulation.leave(member.name)
    this.#disturbed()
  }

  async add(): Promise<void> {
    const { name } = this.simulation.add()
    const member = new TopologyMember(name, this.simulation)
    this.members.push(member)
    this.#disturbedMs = this.simulation.nowMs
    if (this.#random() < 0.7) await member.enter()
    if (this.#random() < 0.7) this.open(member)
  }

  /**
   * Ends all faults except the permanent cuts. Then members join the room, or restart, until the room's
   * members are connected.
   */
  async calm(): Promise<void> {
    this.heal()
    this.simulation.heal()
    this.#cutForEver()
    // After 5 s all members that are leaving have left.
    await this.simulation.run(5_000)
    const isJoined = () =>
      isConnected(
        this.inRoom.map(({ name }) => name),
        this.topology.cuts,
      )
    while (this.inRoom.length < 2 || !isJoined()) {
      const outside = this.members.filter(({ isInRoom }) => !isInRoom)
      const member = pick(outside, this.#random)
      if (!member) break
      if (!member.isRunning) this.#start(member)
      await member.enter()
    }
    for (const member of this.inRoom) if (this.holders.length < 2 && !member.isHolder) this.#connect(member)
  }

  #start(member: TopologyMember): void {
    this.simulation.restart(member.name)
    member.isLeaving = false
  }

  #connect(member: TopologyMember): void {
    member.document?.provider.connect()
    this.open(member)
  }

  #areTogether(a: string, b: string): boolean {
    const { cuts } = this.topology
    const isLeft = (name: string) => this.#groups?.[0]?.includes(name) ?? false
    const areJoined = (one: string, other: string) => !cuts.has(one, other) && isLeft(one) === isLeft(other)
    const room = this.inRoom.map(({ name }) => name).filter(name => this.#hasJoined(name))
    return room.includes(a) && componentOf(a, room, areJoined).has(b)
  }

  /** False: the member was added while a partition kept it from its bootstrap, so it and the others do not know each other. */
  #hasJoined(name: string): boolean {
    return this.simulation.member(name).cluster.members.getSnapshot().length > 1
  }

  #cutForEver(): void {
    for (const [a, b] of this.topology.cuts.pairs) this.simulation.cut(a, b)
  }

  #disturbed(): void {
    this.#disturbedMs = this.simulation.nowMs
    this.#unsettledMs = this.simulation.nowMs
  }

  /** Records that the network delays traffic for `ms`. */
  #delayed(ms: number): void {
    this.#disturbed()
    const untilMs = Math.max(this.#delay?.untilMs ?? 0, this.simulation.nowMs + ms + caughtUpMs)
    this.#delay = { sinceMs: this.#delayedSinceMs(), untilMs }
  }

  #delayedSinceMs(): number {
    const { nowMs } = this.simulation
    return this.#delay && this.#delay.untilMs > nowMs ? this.#delay.sinceMs : nowMs
  }

  #member(name: string): TopologyMember {
    const member = this.members.find(each => each.name === name)
    if (!member) throw new Error(`there is no ${name}`)
    return member
  }
}
