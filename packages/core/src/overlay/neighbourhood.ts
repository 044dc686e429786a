/**
 * Neighbourhood: whom a member should be connected to.
 *
 * Successor and predecessor on each of K rings, computed by each member from its own view: when views agree, so
 * do both ends of every edge. Below `fullMeshBelow` members everybody is everybody's neighbour.
 */
import { createRings, type Rings } from '@hearsay/failure-detector'

/** So that nobody has more neighbours than on the rings: 9 members have 8 each. */
export const fullMeshBelow = 10

/** K = 4: at most 8 neighbours, an expander that half the members may leave (Rapid, ATC'18, §4.1). */
export const ringCount = 4

export class Neighbourhood {
  readonly #self: string
  readonly #rings: Rings

  /** @param prior whose members, but not itself, belong here from the start; it is not changed any more. */
  constructor(self: string, prior?: Neighbourhood) {
    this.#self = self
    this.#rings = createRings(ringCount, [self], prior && prior.#rings)
    if (prior) this.remove(prior.#self)
  }

  add(id: string): void {
    this.#rings.add(id)
  }

  remove(id: string): void {
    if (id !== this.#self) this.#rings.remove(id)
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#rings.has(id)
  }

  /** Members here, oneself included. */
  get size(): number {
    return this.#rings.size
  }

  /** @param skip those who cannot be dialled: the next on that ring stands in. */
  neighbours(skip: (id: string) => boolean): string[] {
    if (this.#rings.size < fullMeshBelow) return this.#rings.members().filter(id => id !== this.#self)
    return this.#rings.neighbours(this.#self, skip)
  }

  /** Who else has this member as a neighbour. */
  monitorsOf(id: string): string[] {
    const everybody = this.#rings.size < fullMeshBelow
    const monitors = everybody ? this.#rings.members() : this.#rings.neighbours(id)
    return monitors.filter(other => other !== id && other !== this.#self)
  }
}
