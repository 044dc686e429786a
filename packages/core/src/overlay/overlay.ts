/**
 * Overlay: the open connections of this member, and the wanted ones.
 *
 * The overlay dials the neighbours and the random links, and prunes connections that are not needed, except its anchors: the
 * connections that have been open longest. Without any connection, it dials bootstrap addresses and cached peers. With a
 * connection, it sometimes dials dead members and bootstrap addresses to heal partitions. The overlay returns actions; the
 * host reports the result of each dial as an event.
 */

import { BootstrapDialling, type BootstrapDiallingOptions } from './bootstrap-dialling.ts'
import { type OverlayConnection, prunableConnections } from './connection-pruning.ts'
import { DialPlan } from './dial-plan.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { type HealingTarget, healIntervalMs, healingTarget } from './partition-healing.ts'
import { RandomLinks } from './random-links.ts'

export type OverlayAction =
  | { readonly type: 'dial'; readonly id: string }
  | { readonly type: 'dial-bootstrap'; readonly address: string }
  | { readonly type: 'disconnect'; readonly id: string }

export interface OverlayOptions extends BootstrapDiallingOptions {
  readonly self: string
  /** The initial members: another overlay, which must not change any more. */
  readonly prior?: Overlay | undefined
}

const pruneIntervalMs = 5_000
/** Our choice: 2, so that ids that were chosen to surround a member cannot take all its connections. */
const anchorCount = 2
/** A browser page listens over two relays. */
const maxRelays = 2
/**
 * While many members join, neighbours change before their connections open. So dials wait until no neighbour has changed
 * for 2 s. 500 ms was too short: when 32 processes start together on two cores, each of them receives new members at
 * longer intervals. With 2 s their tables agree after 9.6 s instead of 14.7 s, and each process uses 560 ms of CPU time
 * instead of 890 ms.
 */
const ringSettleMs = 2_000
/** The longest wait for the neighbours to stay unchanged. A member without any connection does not wait. */
const maxRingSettleMs = 8_000

export class Overlay {
  readonly #options: OverlayOptions
  readonly #neighbourhood: Neighbourhood
  readonly #plan: DialPlan
  /** The connection that has been open longest is first. */
  readonly #connections = new Map<string, OverlayConnection>()
  /** Peers whose connections either end has released and that are not closed yet. */
  readonly #released = new Set<string>()
  readonly #dead = new Set<string>()
  readonly #bootstrap: BootstrapDialling
  readonly #randomLinks: RandomLinks
  #neighbours: string[] = []
  #extraPeers: readonly string[] = []
  #relays: readonly string[] | undefined
  #revision = 0
  #isStale = true
  /** Connections or neighbours changed since the last update of the dial plan. */
  #isUnplanned = true
  /** The first and last change of the neighbours since the last dials. */
  #ringChanges: { sinceMs: number; lastMs: number } | undefined
  #bootstrapOrHealDueMs: number
  #pruneDueMs: number

  constructor(options: OverlayOptions, nowMs: number) {
    this.#options = options
    this.#neighbourhood = new Neighbourhood(options.self, options.prior && options.prior.#neighbourhood)
    this.#plan = new DialPlan(options.self, options.random)
    this.#bootstrap = new BootstrapDialling(options)
    this.#randomLinks = new RandomLinks(options.random, nowMs)
    this.#bootstrapOrHealDueMs = nowMs
    this.#pruneDueMs = nowMs + pruneIntervalMs
  }

  /** The members to be connected to and to monitor. Returns the same array until the neighbours change. */
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

  /** Sets the extra peers: members to connect to because they share a space with this one. They are not monitored. */
  setExtraPeers(ids: readonly string[]): void {
    this.#extraPeers = ids
    this.#ringChanged()
  }

  /**
   * Sets the relays of a member that cannot listen itself.
   *
   * @param ids the members that relay connections to this one; `[]`: none so far, so the members that answer at the
   * bootstrap addresses are candidates
   */
  setRelays(ids: readonly string[]): void {
    this.#relays = ids
    this.#ringChanged()
  }

  /** The neighbours to monitor: connected ones, and those with failed dials. Neighbours not dialled yet are left out. */
  subjects(nowMs: number): readonly string[] {
    return this.neighbours(nowMs).filter(id => this.#connections.has(id) || this.#plan.hasFailed(id))
  }

  /** A number that increases whenever the result of `subjects` may have changed. */
  get revision(): number {
    return this.#revision
  }

  isNeighbour(id: string): boolean {
    return this.#neighbours.includes(id)
  }

  /** The other members that monitor this member. */
  monitorsOf(id: string): string[] {
    return this.#neighbourhood.monitorsOf(id)
  }

  /** The ids of all connected members, neighbours or not. */
  connected(): readonly string[] {
    return [...this.#connections.keys()]
  }

  /** The number of members that are being dialled, wait for a dial, or whose dials failed. */
  get dials(): number {
    return this.#plan.size
  }

  isConnected(id: string): boolean {
    return this.#connections.has(id)
  }

  /** Whether the member is connected and dialled this one. */
  isInbound(id: string): boolean {
    return this.#connections.get(id)?.isOurs === false
  }

  /** Adds an alive or suspect member to the rings. */
  addMember(id: string): void {
    if (id === this.#options.self) return
    this.#dead.delete(id)
    this.#neighbourhood.add(id)
    this.#ringChanged()
  }

  /** The addresses of a member changed: its earlier dial failures no longer count. */
  addressesChanged(id: string): void {
    this.#plan.retryNow(id)
    this.#ringChanged()
  }

  /** The local network changed: earlier dial failures no longer count, and all missing members are dialled immediately. */
  networkChanged(nowMs: number): void {
    this.#plan.retryAllNow()
    this.#bootstrap.reset()
    this.#bootstrapOrHealDueMs = nowMs
    this.#ringChanged()
  }

  /** Removes a dead member from the rings. Partition healing still dials it at intervals. */
  markDead(id: string): void {
    this.remove(id)
    this.#dead.add(id)
  }

  /** Removes a member that left or was dropped; it is not dialled any more. */
  remove(id: string): void {
    this.#neighbourhood.remove(id)
    this.#randomLinks.remove(id)
    this.#dead.delete(id)
    this.#plan.forget(id)
    this.#ringChanged()
  }

  /** A connection opened. @param isOurs whether this end may close it when it is not needed any more. */
  opened(id: string, isOurs: boolean): void {
    this.#released.delete(id)
    this.#connections.set(id, { isOurs, prunableSinceMs: undefined })
    this.#plan.succeeded(id)
    this.#bootstrap.reset()
    this.#bootstrap.opened(id)
    this.#ringChanged()
  }

  /** The member `id` answered at a bootstrap address. Its connection may open only a moment later. */
  bootstrapped(address: string, id: string): void {
    this.#bootstrap.answered(address, id, this.#connections.has(id))
  }

  /** The dial of a bootstrap address failed. */
  bootstrapFailed(address: string): void {
    this.#bootstrap.failed(address)
  }

  /** Whether a dial of a bootstrap address has neither led to a connection nor failed yet. */
  get awaitsBootstrap(): boolean {
    return this.#bootstrap.isPending
  }

  /** The peer releases the connection. Ignored for a neighbour: this end still needs that connection. */
  releasedBy(id: string): void {
    if (this.#connections.has(id) && !this.isNeighbour(id)) this.#released.add(id)
  }

  /** A connection closed. @returns whether either end had released it before. */
  closed(id: string): boolean {
    this.#connections.delete(id)
    this.#ringChanged()
    return this.#released.delete(id)
  }

  /** Another component began to dial this member. */
  dialling(id: string, nowMs: number): void {
    this.#plan.dialling(id, nowMs)
  }

  dialFailed(id: string, nowMs: number): void {
    this.#plan.failed(id, nowMs)
    this.#randomLinks.dialFailed(id, nowMs)
    this.#ringChanged()
  }

  /** The actions that are due now. */
  advance(nowMs: number): OverlayAction[] {
    if (nowMs >= this.#randomLinks.dueMs) this.#drawRandomLinks(nowMs)
    const wanted = this.#wanted(nowMs)
    const actions = nowMs >= this.#settledAtMs() ? this.#dialMissing(wanted, nowMs) : []
    if (nowMs >= this.#bootstrapOrHealDueMs) actions.push(...this.#bootstrapOrHeal(nowMs))
    if (nowMs >= this.#pruneDueMs) {
      this.#pruneDueMs = nowMs + pruneIntervalMs
      const prunable = prunableConnections(this.#connections, new Set(wanted), nowMs, this.#anchors())
      for (const id of prunable) {
        this.#released.add(id)
        actions.push({ type: 'disconnect', id })
      }
    }
    return actions
  }

  /** When to call `advance`, in monotonic milliseconds. */
  deadlineMs(): number {
    const planDueMs = this.#isUnplanned ? Number.NEGATIVE_INFINITY : this.#plan.dueMs()
    return Math.min(
      Math.max(planDueMs, this.#settledAtMs()),
      this.#bootstrapOrHealDueMs,
      this.#pruneDueMs,
      this.#randomLinks.dueMs,
    )
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
    const isDialable = (id: string) => this.#neighbourhood.has(id) && !this.#plan.skips(id)
    const others = [
      ...this.#extraPeers.filter(isDialable),
      ...this.#randomLinks.ids.filter(isDialable),
      ...this.#relaysInUse().filter(isDialable).slice(0, maxRelays),
    ]
    return others.length === 0 ? neighbours : [...new Set([...neighbours, ...others])]
  }

  /**
   * Members whose connections are not pruned, because other members reach this member over these connections.
   */
  #relaysInUse(): readonly string[] {
    if (this.#relays?.length === 0) return this.#bootstrap.answering
    return this.#relays ?? []
  }

  #drawRandomLinks(nowMs: number): void {
    const neighbours = this.neighbours(nowMs)
    const candidates = this.#neighbourhood
      .others()
      .filter(id => !neighbours.includes(id) && !this.#plan.hasFailed(id))
    this.#randomLinks.draw(candidates, nowMs)
    this.#isUnplanned = true
  }

  /**
   * The members whose connections have been open longest. Without those that answer at bootstrap addresses: to them almost
   * every member connects first, and they would never lose a connection.
   */
  #anchors(): ReadonlySet<string> {
    const { answering } = this.#bootstrap
    const members = [...this.#connections.keys()].filter(
      id => this.#neighbourhood.has(id) && !answering.includes(id),
    )
    return new Set(members.slice(0, anchorCount))
  }

  #dialMissing(wanted: readonly string[], nowMs: number): OverlayAction[] {
    const missing = wanted.filter(id => !this.#connections.has(id))
    this.#isUnplanned = false
    this.#ringChanges = undefined
    this.#plan.setWanted(missing, nowMs)
    return this.#plan.take(missing, nowMs).map(id => ({ type: 'dial', id }))
  }

  /**
   * Without any connection: dials the bootstrap addresses, some cached peers and one dead member. Otherwise: dials at most
   * one dead member or bootstrap address.
   */
  #bootstrapOrHeal(nowMs: number): OverlayAction[] {
    const { random } = this.#options
    if (this.#connections.size === 0 && this.#bootstrap.hasAddresses) {
      const { addresses, waitMs } = this.#bootstrap.next()
      this.#bootstrapOrHealDueMs = nowMs + waitMs
      return [
        ...addresses.map(address => ({ type: 'dial-bootstrap', address }) as const),
        ...actionsFor(healingTarget(1, this.#deadMembers(), random)),
      ]
    }
    this.#bootstrapOrHealDueMs = nowMs + healIntervalMs * (0.75 + random() / 2)
    // The record of a member that has just connected may arrive later than its connection.
    const unanswered = this.#bootstrap.unanswered(
      id =>
        this.#neighbourhood.has(id) || (id !== undefined && this.#connections.has(id) && !this.#dead.has(id)),
    )
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
