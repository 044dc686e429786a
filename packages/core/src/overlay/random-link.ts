/**
 * Random link: a member that this member connects to by its own choice, besides its ring neighbours.
 *
 * Anybody can compute the rings, so an attacker can choose ids that surround a member. Nobody else can compute the random
 * link, because the host passes random numbers that nobody can predict. The link is not monitored. The link is drawn again
 * every ten minutes, so that over time a member exchanges tables with many others.
 */
import { sample } from '../base/arrays.ts'

/** The first draw waits for 15 to 30 s, because a newcomer's rings change at first. */
const firstDrawMs = 30_000
/** Our choice: ten minutes. A new connection costs about 7 kB, so the redraws cost each member about 12 bytes a second. */
const redrawMs = 600_000
/** Our choice: the wait after the dial of the link has failed. */
const retryMs = 5_000
/** Our choice: the wait while there is no candidate. */
const noCandidateMs = 60_000

export class RandomLink {
  readonly #random: () => number
  #id: string | undefined
  #dueMs: number

  constructor(random: () => number, nowMs: number) {
    this.#random = random
    this.#dueMs = nowMs + firstDrawMs * (0.5 + random() / 2)
  }

  /** Undefined before the first draw, and while there is no candidate. */
  get id(): string | undefined {
    return this.#id
  }

  /** When to call `draw`, in monotonic milliseconds. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** The member died or left: another one is drawn at once. */
  remove(id: string): void {
    if (id === this.#id) this.#drop(Number.NEGATIVE_INFINITY)
  }

  /** The member cannot be dialled: another one is drawn soon. */
  dialFailed(id: string, nowMs: number): void {
    if (id === this.#id) this.#drop(nowMs + retryMs * (0.5 + this.#random() / 2))
  }

  /** Draws another member. @param candidates the members to which the link may lead */
  draw(candidates: readonly string[], nowMs: number): void {
    const others = candidates.filter(id => id !== this.#id)
    this.#id = sample(others.length > 0 ? others : candidates, 1, this.#random)[0]
    const waitMs = this.#id === undefined ? noCandidateMs : redrawMs
    this.#dueMs = nowMs + waitMs * (0.75 + this.#random() / 2)
  }

  #drop(dueMs: number): void {
    this.#id = undefined
    this.#dueMs = dueMs
  }
}
