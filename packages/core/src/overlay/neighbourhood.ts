/**
 * Neighbourhood: the members to which a member should be connected.
 *
 * The neighbours are the successor and the predecessor on each of K rings. Each member computes them from its own view;
 * if the views are equal, both ends of each edge agree. Below `fullMeshBelow` members all members are neighbours.
 */
import { createRings, type Rings } from '@hearsay/failure-detector'

/**
 * Our choice: a full mesh gives a member no more neighbours than the rings. With 9 members, each has 8
 * neighbours.
 */
export const fullMeshBelow = 10

/** K = 4: at most 8 neighbours, an expander graph that tolerates the loss of half the members (Rapid, ATC'18, §4.1). */
export const ringCount = 4

export class Neighbourhood {
  readonly #self: string
  readonly #rings: Rings

  /** @param prior the initial members, without the prior's own id; the prior must not change any more. */
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

  /** The other members, in no particular order. */
  others(): string[] {
    return this.#rings.members().filter(id => id !== this.#self)
  }

  /** The number of members, including this one. */
  get size(): number {
    return this.#rings.size
  }

  /** @param skip whether a member cannot be dialled: the next member on that ring replaces it */
  neighbours(skip: (id: string) => boolean): string[] {
    if (this.#rings.size < fullMeshBelow) return this.#rings.members().filter(id => id !== this.#self)
    return this.#rings.neighbours(this.#self, skip)
  }

  /** The other members that monitor the member `id`: its neighbours except the local member. */
  monitorsOf(id: string): string[] {
    const isFullMesh = this.#rings.size < fullMeshBelow
    const monitors = isFullMesh ? this.#rings.members() : this.#rings.neighbours(id)
    return monitors.filter(other => other !== id && other !== this.#self)
  }
}
