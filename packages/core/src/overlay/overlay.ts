/**
 * Overlay: the open connections of this member, and the wanted ones.
 *
 * The overlay dials the neighbours and the random link, and prunes connections that are not needed. Without any connection, the
 * overlay dials bootstrap addresses and cached peers. With a connection, the overlay sometimes dials dead members and bootstrap
 * addresses to heal partitions. The overlay returns actions; the host reports the result of each dial as an event.
 */

import { AdditionalPeers } from './additional-peers.ts'
import { BootstrapDialling, type BootstrapDiallingOptions } from './bootstrap-dialling.ts'
import { DialPlan } from './dial-plan.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { OpenConnections } from './open-connections.ts'
import { Reconnection, type ReconnectionView, type Redial } from './reconnection.ts'
import { RingSettling } from './ring-settling.ts'

export type OverlayAction = Redial | { readonly type: 'disconnect'; readonly id: string }

export interface OverlayOptions extends BootstrapDiallingOptions {
  readonly self: string
  /** The initial members: another overlay, which must not change any more. */
  readonly prior?: Overlay | undefined
}

const pruneIntervalMs = 5_000

export class Overlay {
  readonly #options: OverlayOptions
  readonly #neighbourhood: Neighbourhood
  readonly #plan: DialPlan
  readonly #connections = new OpenConnections()
  readonly #bootstrap: BootstrapDialling
  readonly #reconnection: Reconnection
  readonly #additionalPeers: AdditionalPeers
  #neighbours: string[] = []
  #revision = 0
  /** The rings, or which members they skip, changed since `#neighbours` was computed. */
  #isStale = true
  /** Connections or neighbours changed since the last update of the dial plan. */
  #isUnplanned = true
  readonly #ringSettling = new RingSettling()
  #pruneDueMs: number

  constructor(options: OverlayOptions, nowMs: number) {
    this.#options = options
    this.#neighbourhood = new Neighbourhood(options.self, options.prior && options.prior.#neighbourhood)
    this.#plan = new DialPlan(options.self, options.random)
    this.#bootstrap = new BootstrapDialling(options)
    this.#additionalPeers = new AdditionalPeers(options.random, nowMs)
    this.#reconnection = new Reconnection(this.#bootstrap, options.random, nowMs)
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
        this.#ringSettling.changed(nowMs)
      }
    }
    return this.#neighbours
  }

  /** Sets the extra peers: members to connect to because they share a space with this one. Extra peers are not monitored. */
  setExtraPeers(ids: readonly string[]): void {
    this.#additionalPeers.setExtraPeers(ids)
    this.#ringChanged()
  }

  /**
   * Sets the relays of a member that cannot listen itself.
   *
   * @param ids the members that relay connections to this one; `[]`: none so far, so the members that answer at the
   * bootstrap addresses are candidates
   */
  setRelays(ids: readonly string[]): void {
    this.#additionalPeers.setRelays(ids)
    this.#ringChanged()
  }

  /** The neighbours to monitor: connected ones, and those with failed dials. Neighbours not dialled yet are left out. */
  subjects(nowMs: number): readonly string[] {
    return this.neighbours(nowMs).filter(id => this.#connections.has(id) || this.#plan.hasFailed(id))
  }

  /** Whether several dials of the member in a row failed. */
  isUndialable(id: string): boolean {
    return this.#plan.skips(id)
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
    return this.#connections.ids()
  }

  /** The number of members with a running or planned dial, or with failed dials. */
  get dials(): number {
    return this.#plan.size
  }

  isConnected(id: string): boolean {
    return this.#connections.has(id)
  }

  /** Whether the member is connected and dialled this one. */
  isInbound(id: string): boolean {
    return this.#connections.isInbound(id)
  }

  /** Adds an alive or suspect member to the rings. */
  addMember(id: string): void {
    if (id === this.#options.self) return
    this.#reconnection.forget(id)
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
    this.#plan.retryAllNow(nowMs)
    this.#reconnection.networkChanged(nowMs)
    this.#ringChanged()
  }

  /** Whether the local network changed a moment ago, so that other members may not have noticed that this one is back. */
  isReconnecting(nowMs: number): boolean {
    return this.#plan.isEager(nowMs)
  }

  /** Removes a dead member from the rings. Partition healing still dials it at intervals. */
  markDead(id: string): void {
    this.remove(id)
    this.#reconnection.markDead(id)
  }

  /** Removes a member that left or was dropped; it is not dialled any more. */
  remove(id: string): void {
    this.#neighbourhood.remove(id)
    this.#additionalPeers.randomLink.remove(id)
    this.#reconnection.forget(id)
    this.#plan.forget(id)
    this.#ringChanged()
  }

  /** A connection opened. @param isOurs whether this end may close it when it is not needed any more. */
  opened(id: string, isOurs: boolean): void {
    this.#connections.opened(id, isOurs)
    this.#plan.succeeded(id)
    this.#bootstrap.reset()
    this.#bootstrap.opened(id)
    this.#ringChanged()
  }

  /** The member `id` answered at a bootstrap address. The connection to the member may open only a moment later. */
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
    if (!this.isNeighbour(id)) this.#connections.released(id)
  }

  /** A connection closed. @returns whether either end had released it before. */
  closed(id: string): boolean {
    this.#ringChanged()
    const wasOpen = this.#connections.has(id)
    const wasReleased = this.#connections.closed(id)
    // A member that lost its last connection dials the bootstrap addresses at once.
    if (wasOpen && this.#connections.size === 0) this.#reconnection.lostLastConnection()
    return wasReleased
  }

  /** Whether a member is alive and not connected, and no dial to it is in flight or has failed. */
  mayDialNow(id: string): boolean {
    return this.#neighbourhood.has(id) && !this.#connections.has(id) && this.#plan.isUntried(id)
  }

  /** Counts a dial to the member as begun. @returns the action that begins it */
  dial(id: string, nowMs: number): OverlayAction {
    this.#plan.dialling(id, nowMs)
    return { type: 'dial', id }
  }

  /** @returns whether the failure counts: it does not if the local network changed during the dial */
  dialFailed(id: string, nowMs: number): boolean {
    const counts = this.#plan.failed(id, nowMs)
    if (counts) this.#additionalPeers.randomLink.dialFailed(id, nowMs)
    this.#ringChanged()
    return counts
  }

  /** The actions that are due now. */
  advance(nowMs: number): OverlayAction[] {
    if (nowMs >= this.#additionalPeers.randomLink.dueMs) this.#drawRandomLink(nowMs)
    const wanted = this.#wanted(nowMs)
    const actions = nowMs >= this.#settledAtMs() ? this.#dialMissing(wanted, nowMs) : []
    if (nowMs >= this.#reconnection.dueMs) actions.push(...this.#reconnection.take(this.#view(), nowMs))
    if (nowMs >= this.#pruneDueMs) {
      this.#pruneDueMs = nowMs + pruneIntervalMs
      for (const id of this.#connections.prune(new Set(wanted), id => this.#isAnchor(id), nowMs))
        actions.push({ type: 'disconnect', id })
    }
    return actions
  }

  /** When to call `advance`, in monotonic milliseconds. */
  deadlineMs(): number {
    const planDueMs = this.#isUnplanned ? Number.NEGATIVE_INFINITY : this.#plan.dueMs()
    return Math.min(
      Math.max(planDueMs, this.#settledAtMs()),
      this.#reconnection.dueMs,
      this.#pruneDueMs,
      this.#additionalPeers.randomLink.dueMs,
    )
  }

  #ringChanged(): void {
    this.#isStale = true
    this.#revision += 1
  }

  /** A member without any connection does not wait until its rings have settled. */
  #settledAtMs(): number {
    return this.#connections.size === 0 ? Number.NEGATIVE_INFINITY : this.#ringSettling.settledAtMs
  }

  #wanted(nowMs: number): readonly string[] {
    const neighbours = this.neighbours(nowMs)
    const isDialable = (id: string) => this.#neighbourhood.has(id) && !this.#plan.skips(id)
    const others = this.#additionalPeers.ids(isDialable, () => this.#bootstrap.answering)
    return others.length === 0 ? neighbours : [...new Set([...neighbours, ...others])]
  }

  #drawRandomLink(nowMs: number): void {
    const neighbours = this.neighbours(nowMs)
    const others = this.#neighbourhood.others()
    this.#additionalPeers.randomLink.draw(
      others.filter(id => !neighbours.includes(id) && !this.#plan.hasFailed(id)),
      nowMs,
    )
    this.#isUnplanned = true
  }

  /**
   * Whether the connection to a member may be an anchor. Almost every newcomer connects first to the members that answer at
   * bootstrap addresses. If these were anchors, they would never lose a connection.
   */
  #isAnchor(id: string): boolean {
    return this.#neighbourhood.has(id) && !this.#bootstrap.answering.includes(id)
  }

  #view(): ReconnectionView {
    return {
      alive: this.#neighbourhood.size,
      isAlive: id => this.#neighbourhood.has(id),
      isConnected: id => this.#connections.has(id),
      isAlone: this.#connections.size === 0,
    }
  }

  #dialMissing(wanted: readonly string[], nowMs: number): OverlayAction[] {
    const missing = wanted.filter(id => !this.#connections.has(id))
    this.#isUnplanned = false
    this.#ringSettling.dialled()
    this.#plan.setWanted(missing, nowMs)
    return this.#plan.take(missing, nowMs).map(id => ({ type: 'dial', id }))
  }
}
