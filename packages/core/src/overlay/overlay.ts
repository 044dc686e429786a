/**
 * Overlay: which connections stand, and which should.
 *
 * It keeps the edges of the neighbourhood dialled, gives up what is surplus, and knocks on the doors of those
 * who are gone. It proposes; whether a dial succeeds comes back as an event.
 */

import { type OverlayConnection, prunableConnections } from './connection-pruning.ts'
import { DialPlan } from './dial-plan.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { type HealingTarget, healIntervalMs, healingTarget } from './partition-healing.ts'
import { sampleCachedPeers } from './peer-cache.ts'

export type OverlayAction =
  | { readonly type: 'dial'; readonly id: string }
  | { readonly type: 'dial-bootstrap'; readonly address: string }
  | { readonly type: 'disconnect'; readonly id: string }

export interface OverlayOptions {
  readonly self: string
  /** Multiaddrs that were given to start from. */
  readonly bootstrap: readonly string[]
  /** Multiaddrs that an earlier life knew. */
  readonly cachedPeers: readonly string[]
  /** Another overlay, not used any more, whose members are present from the start. */
  readonly prior?: Overlay | undefined
  readonly random: () => number
}

/** Alone at the start: the wait before the bootstrap is tried again grows from here to the healing interval. */
const firstBootstrapWaitMs = 250
/** Our choice: where all members start at once, the bootstrap is there within seconds, and doubled waits would miss it by as many. */
const bootstrapWaitGrowth = 1.5
const pruneIntervalMs = 5_000
/** A page listens over two relays. */
const maxIntroducers = 2
/**
 * While members stream in, neighbours change before their connections stand. So dials wait until no neighbour has changed
 * for this long. 500 ms was too short: of 32 processes that start together on two cores, each learned of new members at
 * longer intervals. There the members agree after 9.6 s instead of 14.7 s, and spend 560 ms of CPU instead of 890 ms.
 */
const ringSettleMs = 2_000
/** The longest wait. A member without any connection does not wait at all. */
const maxRingSettleMs = 8_000

export class Overlay {
  readonly #options: OverlayOptions
  readonly #neighbourhood: Neighbourhood
  readonly #plan: DialPlan
  readonly #connections = new Map<string, OverlayConnection>()
  /** Connections that were given up, here or by the other end, and have not ended yet. */
  readonly #released = new Set<string>()
  readonly #dead = new Set<string>()
  /** Who answered at a bootstrap address when it was last dialled. */
  readonly #answeredBy = new Map<string, string>()
  /** Addresses to start from that were dialled, until the member that answers is connected, or the dial fails. */
  readonly #dialledBootstraps = new Set<string>()
  #neighbours: string[] = []
  #extraPeers: readonly string[] = []
  #relays: readonly string[] | undefined
  #revision = 0
  #isStale = true
  /** Links or neighbours changed since the plan last saw them. */
  #isUnplanned = true
  /** The rings changed, first and last, and have not been quiet since. */
  #ringChanges: { sinceMs: number; lastMs: number } | undefined
  #bootstrapWaitMs = firstBootstrapWaitMs
  #healDueMs: number
  #pruneDueMs: number

  constructor(options: OverlayOptions, nowMs: number) {
    this.#options = options
    this.#neighbourhood = new Neighbourhood(options.self, options.prior && options.prior.#neighbourhood)
    this.#plan = new DialPlan(options.self, options.random)
    this.#healDueMs = nowMs
    this.#pruneDueMs = nowMs + pruneIntervalMs
  }

  /** Everybody one should be connected to. The same array until it changes. */
  neighbours(nowMs: number): readonly string[] {
    if (this.#isStale) {
      this.#isStale = false
      this.#isUnplanned = true
      const next = this.#neighbourhood.neighbours(id => !this.#connections.has(id) && this.#plan.skips(id))
      if (next.join() !== this.#neighbours.join()) {
        this.#neighbours = next
        this.#ringChanges = { sinceMs: this.#ringChanges?.sinceMs ?? nowMs, lastMs: nowMs }
      }
    }
    return this.#neighbours
  }

  /** Members to be connected to besides, for what is shared with them. They are not watched over. */
  setExtraPeers(ids: readonly string[]): void {
    this.#extraPeers = ids
    this.#ringChanged()
  }

  /** Members by whom one is found; `[]`: by nobody so far, so it may be by those who answer at the bootstrap. */
  setRelays(ids: readonly string[]): void {
    this.#relays = ids
    this.#ringChanged()
  }

  /** Neighbours to watch over: connected, or dialled in vain. Who was not tried yet is not to be judged. */
  subjects(nowMs: number): readonly string[] {
    return this.neighbours(nowMs).filter(id => this.#connections.has(id) || this.#plan.hasFailed(id))
  }

  /** Grows whenever `subjects` may have changed. */
  get revision(): number {
    return this.#revision
  }

  isNeighbour(id: string): boolean {
    return this.#neighbours.includes(id)
  }

  monitorsOf(id: string): string[] {
    return this.#neighbourhood.monitorsOf(id)
  }

  /** Ids one is connected to, neighbours or not. */
  connected(): readonly string[] {
    return [...this.#connections.keys()]
  }

  /** Members that are being dialled or were dialled in vain. */
  get dials(): number {
    return this.#plan.size
  }

  isConnected(id: string): boolean {
    return this.#connections.has(id)
  }

  /** Alive or suspect: belongs into the rings. */
  addMember(id: string): void {
    if (id === this.#options.self) return
    this.#dead.delete(id)
    this.#neighbourhood.add(id)
    this.#ringChanged()
  }

  /** A member can be dialled at other addresses than before: failures at those say little. */
  addressesChanged(id: string): void {
    this.#plan.retryNow(id)
    this.#ringChanged()
  }

  /** This member is in another network: failures in the old one say nothing, and everybody is tried at once. */
  networkChanged(nowMs: number): void {
    this.#plan.retryAllNow()
    this.#bootstrapWaitMs = firstBootstrapWaitMs
    this.#healDueMs = nowMs
    this.#ringChanged()
  }

  /** Dead: to be knocked at now and then. */
  markDead(id: string): void {
    this.remove(id)
    this.#dead.add(id)
  }

  /** Left or forgotten: not to be looked for. */
  remove(id: string): void {
    this.#neighbourhood.remove(id)
    this.#dead.delete(id)
    this.#plan.forget(id)
    this.#ringChanged()
  }

  opened(id: string, isOurs: boolean): void {
    this.#released.delete(id)
    this.#connections.set(id, { isOurs, prunableSinceMs: undefined })
    this.#plan.succeeded(id)
    this.#bootstrapWaitMs = firstBootstrapWaitMs
    for (const [address, by] of this.#answeredBy) if (by === id) this.#dialledBootstraps.delete(address)
    this.#ringChanged()
  }

  /** A bootstrap address was dialled, and this member answered. It may be connected a moment later only. */
  bootstrapped(address: string, id: string): void {
    this.#answeredBy.set(address, id)
    if (this.#connections.has(id)) this.#dialledBootstraps.delete(address)
  }

  /** A bootstrap address was dialled in vain. */
  bootstrapFailed(address: string): void {
    this.#dialledBootstraps.delete(address)
  }

  /** Whether an address to start from was dialled, and has neither led to a connection nor failed. */
  get awaitsBootstrap(): boolean {
    return this.#dialledBootstraps.size > 0
  }

  /** The other end gives up the connection. One to a neighbour is wanted here all the same. */
  releasedBy(id: string): void {
    if (this.#connections.has(id) && !this.isNeighbour(id)) this.#released.add(id)
  }

  /** @returns whether it had been given up. */
  closed(id: string): boolean {
    this.#connections.delete(id)
    this.#ringChanged()
    return this.#released.delete(id)
  }

  /** A dial past the plan was begun. */
  dialling(id: string, nowMs: number): void {
    this.#plan.dialling(id, nowMs)
  }

  dialFailed(id: string, nowMs: number): void {
    this.#plan.failed(id, nowMs)
    this.#ringChanged()
  }

  advance(nowMs: number): OverlayAction[] {
    const wanted = this.#wanted(nowMs)
    const actions = nowMs >= this.#settledAtMs() ? this.#dialMissing(wanted, nowMs) : []
    if (nowMs >= this.#healDueMs) actions.push(...this.#heal(nowMs))
    if (nowMs >= this.#pruneDueMs) {
      this.#pruneDueMs = nowMs + pruneIntervalMs
      const prunable = prunableConnections(this.#connections, new Set(wanted), nowMs)
      for (const id of prunable) {
        this.#released.add(id)
        actions.push({ type: 'disconnect', id })
      }
    }
    return actions
  }

  deadlineMs(): number {
    const planDueMs = this.#isUnplanned ? Number.NEGATIVE_INFINITY : this.#plan.dueMs()
    return Math.min(Math.max(planDueMs, this.#settledAtMs()), this.#healDueMs, this.#pruneDueMs)
  }

  #ringChanged(): void {
    this.#isStale = true
    this.#revision += 1
  }

  #settledAtMs(): number {
    if (!this.#ringChanges || this.#connections.size === 0) return Number.NEGATIVE_INFINITY
    return Math.min(this.#ringChanges.lastMs + ringSettleMs, this.#ringChanges.sinceMs + maxRingSettleMs)
  }

  #wanted(nowMs: number): readonly string[] {
    const neighbours = this.neighbours(nowMs)
    const canBe = (id: string) => this.#neighbourhood.has(id) && !this.#plan.skips(id)
    const besides = [
      ...this.#extraPeers.filter(canBe),
      ...this.#introducers().filter(canBe).slice(0, maxIntroducers),
    ]
    return besides.length === 0 ? neighbours : [...new Set([...neighbours, ...besides])]
  }

  /** Who is not given up, though it be no neighbour: over it others find a member that cannot listen by itself. */
  #introducers(): readonly string[] {
    if (this.#relays?.length === 0) return [...new Set(this.#answeredBy.values())]
    return this.#relays ?? []
  }

  #dialMissing(wanted: readonly string[], nowMs: number): OverlayAction[] {
    const missing = wanted.filter(id => !this.#connections.has(id))
    this.#isUnplanned = false
    this.#ringChanges = undefined
    this.#plan.setWanted(missing, nowMs)
    return this.#plan.take(missing, nowMs).map(id => ({ type: 'dial', id }))
  }

  #heal(nowMs: number): OverlayAction[] {
    const { bootstrap, cachedPeers, random } = this.#options
    if (this.#connections.size === 0 && bootstrap.length + cachedPeers.length > 0) {
      this.#healDueMs = nowMs + this.#bootstrapWaitMs * (0.75 + random() / 2)
      this.#bootstrapWaitMs = Math.min(this.#bootstrapWaitMs * bootstrapWaitGrowth, healIntervalMs)
      const dead = healingTarget(1, this.#deadMembers(), random)
      const bootstrapAddresses = new Set([...bootstrap, ...sampleCachedPeers(cachedPeers, random)])
      for (const address of bootstrapAddresses) this.#dialledBootstraps.add(address)
      return [
        ...[...bootstrapAddresses].map(address => ({ type: 'dial-bootstrap', address }) as const),
        ...actionsFor(dead),
      ]
    }
    this.#healDueMs = nowMs + healIntervalMs * (0.75 + random() / 2)
    const unanswered = bootstrap.filter(address => !this.#neighbourhood.has(this.#answeredBy.get(address)))
    const absent = [
      ...this.#deadMembers(),
      ...unanswered.map(address => ({ type: 'bootstrap', address }) as const),
    ]
    return actionsFor(healingTarget(this.#neighbourhood.size, absent, random))
  }

  #deadMembers(): HealingTarget[] {
    return [...this.#dead].filter(id => !this.#connections.has(id)).map(id => ({ type: 'member', id }))
  }
}

function actionsFor(target: HealingTarget | undefined): OverlayAction[] {
  if (!target) return []
  return target.type === 'member'
    ? [{ type: 'dial', id: target.id }]
    : [{ type: 'dial-bootstrap', address: target.address }]
}
