/**
 * Open spaces: the spaces that the local member is in, and those that the app left a moment ago.
 *
 * For 15 s after the app left a space, the member stays subscribed: it still forwards rumors, and its streams continue. An app
 * that returns sooner finds the space unchanged. Each generation is higher than all before, except those from a clock that
 * was ahead and was corrected.
 */
import { isPlausibleTimestamp } from '../wire/checks.ts'
import type { SpaceGeneration } from '../wire/fact.ts'
import * as limits from '../wire/limits.ts'
import { Deadlines } from './deadlines.ts'
import type { DocumentSpace } from './document-requests.ts'
import { ChunkedTransfers } from './documents/chunked-transfers.ts'
import type { SpaceReplica } from './space-replica.ts'

/** A space that the member is in or left a moment ago. */
export interface OpenSpace extends DocumentSpace {
  readonly generation: number
}

/** How long the member stays subscribed to a space that the app left. */
const keepServingMs = 15_000

export class OpenSpaces {
  /** Spaces that the member is in, by name. */
  readonly current: ReadonlyMap<string, OpenSpace>
  readonly #current = new Map<string, OpenSpace>()
  readonly #recentlyLeft = new Map<string, OpenSpace>()
  /** When to unsubscribe a space that the app left. */
  readonly #unsubscribing = new Deadlines()
  #lastGeneration = 0

  constructor() {
    this.current = this.#current
  }

  /** When `takeUnsubscribed` is due, in monotonic ms; Infinity: never. */
  get nextMs(): number {
    return this.#unsubscribing.nextMs
  }

  get isEmpty(): boolean {
    return this.#current.size === 0 && this.#recentlyLeft.size === 0
  }

  /** A space that the app left a moment ago. */
  recentlyLeft(space: string): OpenSpace | undefined {
    return this.#recentlyLeft.get(space)
  }

  /** The space if the member is subscribed to it. */
  subscribed(space: string): OpenSpace | undefined {
    return this.#current.get(space) ?? this.#recentlyLeft.get(space)
  }

  /** All spaces to which the member is subscribed. */
  allSubscribed(): OpenSpace[] {
    return [...this.#current.values(), ...this.#recentlyLeft.values()]
  }

  /** The spaces that the member announces in its record. */
  generations(): SpaceGeneration[] {
    return [...this.#current.values()].map(({ space, generation }) => ({ space, generation }))
  }

  /**
   * Gives the member's visit to a space another generation.
   *
   * @param least the generation is at least this number
   * @returns undefined: the member is not in the space
   */
  renew(space: string, least: number): number | undefined {
    const open = this.#current.get(space)
    if (!open) return undefined
    const generation = this.#nextGeneration(least)
    this.#current.set(space, { ...open, generation })
    open.replica.entered?.(generation)
    return generation
  }

  /**
   * Enters a space.
   *
   * @param least the generation is at least this number
   * @returns whether the member has to subscribe to the space
   */
  enter(space: string, replica: SpaceReplica, least: number): { generation: number; isNew: boolean } {
    const generation = this.#nextGeneration(least)
    const transfers = new ChunkedTransfers({ maxBytes: limits.maxUpdateBytes })
    this.#current.set(space, { space, generation, replica, transfers })
    replica.entered?.(generation)
    this.#unsubscribing.delete(space)
    return { generation, isNew: !this.#recentlyLeft.delete(space) }
  }

  /** @returns whether the member was in the space */
  leave(space: string, nowMs: number): boolean {
    const left = this.#current.get(space)
    if (!left) return false
    this.#current.delete(space)
    this.#recentlyLeft.set(space, left)
    this.#unsubscribing.set(space, nowMs + keepServingMs)
    return true
  }

  /** Removes the spaces that the app left long enough ago. @returns their names */
  takeUnsubscribed(nowMs: number): string[] {
    const spaces = this.#unsubscribing.takeDue(nowMs)
    for (const space of spaces) this.#recentlyLeft.delete(space)
    return spaces
  }

  #nextGeneration(least: number): number {
    const last = isPlausibleTimestamp(this.#lastGeneration, least) ? this.#lastGeneration : 0
    this.#lastGeneration = Math.max(last + 1, least)
    return this.#lastGeneration
  }
}
