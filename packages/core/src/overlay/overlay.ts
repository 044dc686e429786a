/**
 * Overlay: which connections stand, and which should.
 *
 * It keeps the edges of the neighbourhood dialled, gives up what is surplus, and knocks on the doors of those
 * who are gone. It proposes; whether a dial succeeds comes back as an event.
 */

import { type Link, surplusLinks } from './connection-pruning.ts'
import { DialPlan } from './dial-plan.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { type HealingTarget, healIntervalMs, healingTarget } from './partition-healing.ts'
import { drawAcquaintances } from './peer-cache.ts'

export type OverlayAction =
  | { readonly type: 'dial'; readonly id: string }
  | { readonly type: 'dial-bootstrap'; readonly address: string }
  | { readonly type: 'disconnect'; readonly id: string }

export interface OverlayOptions {
  readonly self: string
  /** Multiaddrs that were given to start from. */
  readonly bootstrap: readonly string[]
  /** Multiaddrs that an earlier life knew. */
  readonly acquaintances: readonly string[]
  /** Another overlay, not used any more, whose members are present from the start. */
  readonly prior?: Overlay | undefined
  readonly random: () => number
}

/** Alone at the start: the wait before the bootstrap is tried again grows from here to the healing interval. */
const firstBootstrapWaitMs = 250
/** Our choice: where all members start at once, the bootstrap is there within seconds, and doubled waits would miss it by as many. */
const bootstrapWaitGrowth = 1.5
const surplusIntervalMs = 5_000
/** A page listens over two relays. */
const maxIntroducers = 2
/**
 * While members stream in, neighbours change before their connections stand. So dials wait until no neighbour has changed
 * for this long. 500 ms was too short: of 32 processes that start together on two cores, each learned of new members at
 * longer intervals. There the members agree after 9.6 s instead of 14.7 s, and spend 560 ms of CPU instead of 890 ms.
 */
const quietMs = 2_000
/** The longest wait. A member without any connection does not wait at all. */
const maxUnquietMs = 8_000

export class Overlay {
  readonly #options: OverlayOptions
  readonly #neighbourhood: Neighbourhood
  readonly #plan: DialPlan
  readonly #links = new Map<string, Link>()
  /** Connections that were given up, here or by the other end, and have not ended yet. */
  readonly #released = new Set<string>()
  readonly #absent = new Set<string>()
  /** Who answered at a bootstrap address when it was last dialled. */
  readonly #answeredBy = new Map<string, string>()
  /** Addresses to start from that were dialled, until the member that answers is connected, or the dial fails. */
  readonly #awaited = new Set<string>()
  #neighbours: string[] = []
  #near: readonly string[] = []
  #relays: readonly string[] | undefined
  #revision = 0
  #stale = true
  /** Links or neighbours changed since the plan last saw them. */
  #unplanned = true
  /** The rings changed, first and last, and have not been quiet since. */
  #unquiet: { sinceMs: number; lastMs: number } | undefined
  #bootstrapWaitMs = firstBootstrapWaitMs
  #healDueMs: number
  #surplusDueMs: number

  constructor(options: OverlayOptions, nowMs: number) {
    this.#options = options
    this.#neighbourhood = new Neighbourhood(options.self, options.prior && options.prior.#neighbourhood)
    this.#plan = new DialPlan(options.self, options.random)
    this.#healDueMs = nowMs
    this.#surplusDueMs = nowMs + surplusIntervalMs
  }

  /** Everybody one should be connected to. The same array until it changes. */
  neighbours(nowMs: number): readonly string[] {
    if (this.#stale) {
      this.#stale = false
      this.#unplanned = true
      const next = this.#neighbourhood.neighbours(id => !this.#links.has(id) && this.#plan.skips(id))
      if (next.join() !== this.#neighbours.join()) {
        this.#neighbours = next
        this.#unquiet = { sinceMs: this.#unquiet?.sinceMs ?? nowMs, lastMs: nowMs }
      }
    }
    return this.#neighbours
  }

  /** Members to be connected to besides, for what is shared with them. They are not watched over. */
  wantNear(ids: readonly string[]): void {
    this.#near = ids
    this.#touch()
  }

  /** Members by whom one is found; `[]`: by nobody so far, so it may be by those who answer at the bootstrap. */
  relayedBy(ids: readonly string[]): void {
    this.#relays = ids
    this.#touch()
  }

  /** Neighbours to watch over: connected, or dialled in vain. Who was not tried yet is not to be judged. */
  watched(nowMs: number): readonly string[] {
    return this.neighbours(nowMs).filter(id => this.#links.has(id) || this.#plan.hasFailed(id))
  }

  /** Grows whenever `watched` may have changed. */
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
  linked(): readonly string[] {
    return [...this.#links.keys()]
  }

  /** Members that are being dialled or were dialled in vain. */
  get dials(): number {
    return this.#plan.size
  }

  isLinked(id: string): boolean {
    return this.#links.has(id)
  }

  /** Alive or suspect: belongs into the rings. */
  present(id: string): void {
    if (id === this.#options.self) return
    this.#absent.delete(id)
    this.#neighbourhood.add(id)
    this.#touch()
  }

  /** A member can be dialled at other addresses than before: failures at those say little. */
  moved(id: string): void {
    this.#plan.renew(id)
    this.#touch()
  }

  /** This member is in another network: failures in the old one say nothing, and everybody is tried at once. */
  networkChanged(nowMs: number): void {
    this.#plan.renewAll()
    this.#bootstrapWaitMs = firstBootstrapWaitMs
    this.#healDueMs = nowMs
    this.#touch()
  }

  /** Dead: to be knocked at now and then. */
  absent(id: string): void {
    this.gone(id)
    this.#absent.add(id)
  }

  /** Left or forgotten: not to be looked for. */
  gone(id: string): void {
    this.#neighbourhood.remove(id)
    this.#absent.delete(id)
    this.#plan.forget(id)
    this.#touch()
  }

  opened(id: string, isOurs: boolean): void {
    this.#released.delete(id)
    this.#links.set(id, { isOurs, surplusSinceMs: undefined })
    this.#plan.succeeded(id)
    this.#bootstrapWaitMs = firstBootstrapWaitMs
    for (const [address, by] of this.#answeredBy) if (by === id) this.#awaited.delete(address)
    this.#touch()
  }

  /** A bootstrap address was dialled, and this member answered. It may be connected a moment later only. */
  bootstrapped(address: string, id: string): void {
    this.#answeredBy.set(address, id)
    if (this.#links.has(id)) this.#awaited.delete(address)
  }

  /** A bootstrap address was dialled in vain. */
  bootstrapFailed(address: string): void {
    this.#awaited.delete(address)
  }

  /** Whether an address to start from was dialled, and has neither led to a connection nor failed. */
  get awaitsBootstrap(): boolean {
    return this.#awaited.size > 0
  }

  /** The other end gives up the connection. One to a neighbour is wanted here all the same. */
  releasedBy(id: string): void {
    if (this.#links.has(id) && !this.isNeighbour(id)) this.#released.add(id)
  }

  /** @returns whether it had been given up. */
  closed(id: string): boolean {
    this.#links.delete(id)
    this.#touch()
    return this.#released.delete(id)
  }

  /** A dial past the plan was begun. */
  dialling(id: string, nowMs: number): void {
    this.#plan.dialling(id, nowMs)
  }

  dialFailed(id: string, nowMs: number): void {
    this.#plan.failed(id, nowMs)
    this.#touch()
  }

  advance(nowMs: number): OverlayAction[] {
    const wanted = this.#wanted(nowMs)
    const actions = nowMs >= this.#quietAtMs() ? this.#dialMissing(wanted, nowMs) : []
    if (nowMs >= this.#healDueMs) actions.push(...this.#heal(nowMs))
    if (nowMs >= this.#surplusDueMs) {
      this.#surplusDueMs = nowMs + surplusIntervalMs
      const surplus = surplusLinks(this.#links, new Set(wanted), nowMs)
      for (const id of surplus) {
        this.#released.add(id)
        actions.push({ type: 'disconnect', id })
      }
    }
    return actions
  }

  deadlineMs(): number {
    const planDueMs = this.#unplanned ? Number.NEGATIVE_INFINITY : this.#plan.dueMs()
    return Math.min(Math.max(planDueMs, this.#quietAtMs()), this.#healDueMs, this.#surplusDueMs)
  }

  #touch(): void {
    this.#stale = true
    this.#revision += 1
  }

  #quietAtMs(): number {
    if (!this.#unquiet || this.#links.size === 0) return Number.NEGATIVE_INFINITY
    return Math.min(this.#unquiet.lastMs + quietMs, this.#unquiet.sinceMs + maxUnquietMs)
  }

  #wanted(nowMs: number): readonly string[] {
    const neighbours = this.neighbours(nowMs)
    const canBe = (id: string) => this.#neighbourhood.has(id) && !this.#plan.skips(id)
    const besides = [
      ...this.#near.filter(canBe),
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
    const missing = wanted.filter(id => !this.#links.has(id))
    this.#unplanned = false
    this.#unquiet = undefined
    this.#plan.want(missing, nowMs)
    return this.#plan.take(missing, nowMs).map(id => ({ type: 'dial', id }))
  }

  #heal(nowMs: number): OverlayAction[] {
    const { bootstrap, acquaintances, random } = this.#options
    if (this.#links.size === 0 && bootstrap.length + acquaintances.length > 0) {
      this.#healDueMs = nowMs + this.#bootstrapWaitMs * (0.75 + random() / 2)
      this.#bootstrapWaitMs = Math.min(this.#bootstrapWaitMs * bootstrapWaitGrowth, healIntervalMs)
      const dead = healingTarget(1, this.#absentMembers(), random)
      const doors = new Set([...bootstrap, ...drawAcquaintances(acquaintances, random)])
      for (const address of doors) this.#awaited.add(address)
      return [
        ...[...doors].map(address => ({ type: 'dial-bootstrap', address }) as const),
        ...actionsFor(dead),
      ]
    }
    this.#healDueMs = nowMs + healIntervalMs * (0.75 + random() / 2)
    const unanswered = bootstrap.filter(address => !this.#neighbourhood.has(this.#answeredBy.get(address)))
    const absent = [
      ...this.#absentMembers(),
      ...unanswered.map(address => ({ type: 'bootstrap', address }) as const),
    ]
    return actionsFor(healingTarget(this.#neighbourhood.size, absent, random))
  }

  #absentMembers(): HealingTarget[] {
    return [...this.#absent].filter(id => !this.#links.has(id)).map(id => ({ type: 'member', id }))
  }
}

function actionsFor(target: HealingTarget | undefined): OverlayAction[] {
  if (!target) return []
  return target.type === 'member'
    ? [{ type: 'dial', id: target.id }]
    : [{ type: 'dial-bootstrap', address: target.address }]
}
