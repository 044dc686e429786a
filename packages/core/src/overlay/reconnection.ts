/**
 * Reconnection: the dials of a member that its rings do not require: of bootstrap addresses, cached peers and dead members.
 *
 * A member without any connection dials the bootstrap addresses, some cached peers and one dead member, at growing
 * intervals. A member with a connection heals partitions: it dials at most one dead member or bootstrap address in a
 * round, and several after a change of its local network.
 */
import type { BootstrapDialling } from './bootstrap-dialling.ts'
import { healIntervalMs, healingTargets, targetsInNewNetwork } from './partition-healing.ts'

export type Redial =
  | { readonly type: 'dial'; readonly id: string }
  | { readonly type: 'dial-bootstrap'; readonly address: string }

/** The overlay's knowledge of the members. */
export interface ReconnectionView {
  /** The number of members that are alive or suspect, including this one. */
  readonly alive: number
  /** Whether the member is alive or suspect. */
  isAlive(id: string | undefined): boolean
  isConnected(id: string): boolean
  readonly isAlone: boolean
}

export class Reconnection {
  readonly #bootstrap: BootstrapDialling
  readonly #random: () => number
  readonly #dead = new Set<string>()
  #dueMs: number
  /** The local network changed after the last round. */
  #hasNewNetwork = false

  constructor(bootstrap: BootstrapDialling, random: () => number, nowMs: number) {
    this.#bootstrap = bootstrap
    this.#random = random
    this.#dueMs = nowMs
  }

  /** When to call `take`, in monotonic milliseconds. */
  get dueMs(): number {
    return this.#dueMs
  }

  markDead(id: string): void {
    this.#dead.add(id)
  }

  /** The member is alive again, or it left or was dropped: it is not dialled any more. */
  forget(id: string): void {
    this.#dead.delete(id)
  }

  networkChanged(nowMs: number): void {
    this.#bootstrap.reset()
    this.#dueMs = nowMs
    this.#hasNewNetwork = true
  }

  /** The last connection closed: the next round is due at once. */
  lostLastConnection(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY
  }

  /** The dials of one round. */
  take(view: ReconnectionView, nowMs: number): Redial[] {
    const random = this.#random
    const hasNewNetwork = this.#hasNewNetwork
    this.#hasNewNetwork = false
    const dead = this.#dialsOfDead(view)
    if (view.isAlone && this.#bootstrap.hasAddresses) {
      const { addresses, waitMs } = this.#bootstrap.next()
      this.#dueMs = nowMs + waitMs
      return [...addresses.map(dialOfBootstrap), ...healingTargets(1, dead, random)]
    }
    this.#dueMs = nowMs + healIntervalMs * (0.75 + random() / 2)
    const bootstrap = this.#bootstrap.unanswered(id => this.#isKnown(id, view)).map(dialOfBootstrap)
    return hasNewNetwork
      ? targetsInNewNetwork(dead, bootstrap, random)
      : healingTargets(view.alive, [...dead, ...bootstrap], random)
  }

  /** The record of a member that has just connected may arrive later than its connection. */
  #isKnown(id: string | undefined, view: ReconnectionView): boolean {
    return view.isAlive(id) || (id !== undefined && view.isConnected(id) && !this.#dead.has(id))
  }

  #dialsOfDead(view: ReconnectionView): Redial[] {
    return [...this.#dead].filter(id => !view.isConnected(id)).map(id => ({ type: 'dial', id }))
  }
}

const dialOfBootstrap = (address: string): Redial => ({ type: 'dial-bootstrap', address })
