/**
 * Random links: members that this member connects to by its own choice, besides its ring neighbours.
 *
 * Anybody can compute the rings, so an attacker can choose ids that surround a member. Nobody else can compute these
 * links: they are drawn with the member's own random numbers. They are not monitored.
 *
 * One of them is drawn again every ten minutes, so that over time a member exchanges tables with many others.
 */
import { sample } from '../base/arrays.ts'

/** Our choice: 2. Each link costs its share of gossip control messages, and one of them may be an attacker. */
export const randomLinkCount = 2
/** The first draw waits for a random time up to this, because a newcomer's rings change at first. */
const firstDrawMs = 30_000
/** Our choice: ten minutes. A new connection costs about 7 kB, so the redraws cost each member about 25 bytes a second. */
const redrawMs = 600_000
/** After the loss of a link, and while there are too few candidates. */
const retryMs = 5_000

export class RandomLinks {
  readonly #random: () => number
  /** Drawn first, first. */
  #ids: string[] = []
  #dueMs: number

  constructor(random: () => number, nowMs: number) {
    this.#random = random
    this.#dueMs = nowMs + firstDrawMs * (0.5 + random() / 2)
  }

  get ids(): readonly string[] {
    return this.#ids
  }

  /** When to call `draw`, in monotonic milliseconds. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** The member died or left: another one is drawn at once. */
  remove(id: string): void {
    if (this.#delete(id)) this.#dueMs = Number.NEGATIVE_INFINITY
  }

  /** The member cannot be dialled: another one is drawn soon. */
  dialFailed(id: string, nowMs: number): void {
    if (this.#delete(id)) this.#dueMs = Math.min(this.#dueMs, nowMs + retryMs * (0.5 + this.#random() / 2))
  }

  /**
   * Draws missing links, or replaces the oldest link if none is missing.
   *
   * @param candidates the members to which a random link may lead
   */
  draw(candidates: readonly string[], nowMs: number): void {
    const usable = this.#ids.filter(id => candidates.includes(id))
    const kept = usable.length === randomLinkCount ? usable.slice(1) : usable
    const others = candidates.filter(id => !this.#ids.includes(id))
    const drawn = sample(others, randomLinkCount - kept.length, this.#random)
    this.#ids = [...kept, ...drawn, ...usable.slice(0, randomLinkCount - kept.length - drawn.length)]
    const waitMs = this.#ids.length < randomLinkCount ? 12 * retryMs : redrawMs
    this.#dueMs = nowMs + waitMs * (0.75 + this.#random() / 2)
  }

  #delete(id: string): boolean {
    const wasDrawn = this.#ids.includes(id)
    this.#ids = this.#ids.filter(other => other !== id)
    return wasDrawn
  }
}
