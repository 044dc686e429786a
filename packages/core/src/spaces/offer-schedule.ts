/**
 * Offer schedule: when to offer the content of the spaces to connected members, and to how many.
 *
 * New content of one space is offered soon. In addition, all spaces are offered at intervals, which grow while members
 * agree. Each time, two connected members get the offers: any one, and one that holds a document.
 */
import { SyncSchedule } from '../anti-entropy/sync-schedule.ts'
import { Deadlines } from './deadlines.ts'

const minIntervalMs = 1_000
const maxIntervalMs = 30_000
/** How many members get an offer of content that an exchange brought. */
export const offerFanout = 3
/** How long to wait for more changes. */
const offerDelayMs = 50

export class OfferSchedule {
  readonly #intervals: SyncSchedule
  readonly #deadlines = new Deadlines()
  /** Space → number of members to offer its content to, if more than usual. */
  readonly #fanouts = new Map<string, number>()

  constructor(random: () => number, nowMs: number) {
    this.#intervals = new SyncSchedule({ minIntervalMs, maxIntervalMs, random }, nowMs)
  }

  /** The member entered a space: it offers the content immediately. */
  entered(space: string, nowMs: number): void {
    this.#deadlines.set(space, nowMs)
  }

  left(space: string): void {
    this.#deadlines.delete(space)
    this.#fanouts.delete(space)
  }

  /** An exchange brought content of this space that other members may lack. */
  offerSoon(space: string, fanout: number, nowMs: number): void {
    this.#deadlines.set(space, nowMs + offerDelayMs)
    this.#fanouts.set(space, Math.max(this.#fanouts.get(space) ?? offerFanout, fanout))
    this.changed(nowMs)
  }

  /** The content of a space changed, or differs from that of another member. */
  changed(nowMs: number): void {
    this.#intervals.changed(nowMs)
  }

  /** Another member has the same content. */
  agreed(): void {
    this.#intervals.agreed()
  }

  /** The spaces to offer now, each to this number of members. */
  takeDue(nowMs: number): [space: string, fanout: number][] {
    return this.#deadlines.takeDue(nowMs).map(space => {
      const fanout = this.#fanouts.get(space) ?? offerFanout
      this.#fanouts.delete(space)
      return [space, fanout]
    })
  }

  /** Whether to offer all spaces now. */
  takeInterval(nowMs: number): boolean {
    if (nowMs < this.#intervals.dueMs) return false
    this.#intervals.started(nowMs)
    return true
  }

  /** When to call `takeDue` and `takeInterval`, in monotonic ms. */
  get nextMs(): number {
    return Math.min(this.#deadlines.nextMs, this.#intervals.dueMs)
  }
}
