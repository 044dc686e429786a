/**
 * Neighbourhood: whom a member should be connected to.
 *
 * Successor and predecessor on each of K rings, computed by each member from its own view: when views agree, so
 * do both ends of every edge. Below `fullMeshBelow` members everybody is everybody's neighbour.
 */
import { createRings, type Rings } from '@hearsay/failure-detector'

/** Our choice: 16. Full meshes cost N² / 2 connections, and up to here that is little. */
export const fullMeshBelow = 16

/** K = 4: at most 8 neighbours, an expander that half the members may leave (Rapid, ATC'18, §4.1). */
export const ringCount = 4

export class Neighbourhood {
  readonly #self: string
  readonly #members = new Set<string>()
  readonly #rings: Rings = createRings(ringCount)

  constructor(self: string) {
    this.#self = self
    this.add(self)
  }

  add(id: string): void {
    if (this.#members.has(id)) return
    this.#members.add(id)
    this.#rings.add(id)
  }

  remove(id: string): void {
    if (id === this.#self || !this.#members.delete(id)) return
    this.#rings.remove(id)
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#members.has(id)
  }

  /** Members here, oneself included. */
  get size(): number {
    return this.#members.size
  }

  /** @param skip those who cannot be dialled: the next on that ring stands in. */
  neighbours(skip: (id: string) => boolean): string[] {
    if (this.#members.size < fullMeshBelow) return [...this.#members].filter(id => id !== this.#self)
    return this.#rings.neighbours(this.#self, skip)
  }

  /** Who else has this member as a neighbour. */
  monitorsOf(id: string): string[] {
    const everybody = this.#members.size < fullMeshBelow
    const monitors = everybody ? [...this.#members].filter(other => other !== id) : this.#rings.neighbours(id)
    return monitors.filter(other => other !== this.#self)
  }
}
