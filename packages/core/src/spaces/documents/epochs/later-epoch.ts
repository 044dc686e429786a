/**
 * Later epoch: an epoch after that of the replica, in which other members are, and the part of its base that has arrived.
 *
 * The base is the document at the start of the epoch. One member at a time is asked for the base, and a member that
 * cannot provide it is not asked again. When a still later epoch is known, everything about the former one is dropped.
 */
import type { EpochName } from '../../../wire/epoch-name.ts'
import { isUpdate } from '../readable-updates.ts'

/** Limit of structs and deletions in the base of an epoch: about four million clients. */
const maxPastParts = 16_777_216

export class LaterEpoch {
  #name: EpochName | undefined
  readonly #withoutPast = new Set<string>()
  /** The received part of the base, and the one member that was asked for it. */
  #gathering: { readonly from: string; readonly updates: Uint8Array[]; bytes: number } | undefined

  /** Undefined: no other member is in a later epoch. */
  get name(): EpochName | undefined {
    return this.#name
  }

  set(name: EpochName | undefined): void {
    this.#name = name
    this.#withoutPast.clear()
    this.#gathering = undefined
  }

  /** A member in the epoch does not have the base, or has sent something else. */
  cannotProvidePast(id: string): void {
    this.#withoutPast.add(id)
    if (this.#gathering?.from === id) this.#gathering = undefined
  }

  /** Whether the member cannot provide the base, so that it need not be asked again. */
  isWithoutPast(id: string): boolean {
    return this.#withoutPast.has(id)
  }

  /**
   * Whether no member can provide the base.
   *
   * @param holders members that are in the epoch
   * @param number the number of the replica's epoch
   */
  isPastMissing(holders: readonly string[], number: number): boolean {
    if (!this.#name) return false
    const isReachable = this.#name.number === number + 1 || this.#name.number === number
    return !isReachable || holders.every(id => this.#withoutPast.has(id))
  }

  /** Called when `from` is asked for the base. */
  beginGathering(from: string): void {
    this.#gathering = { from, updates: [], bytes: 0 }
  }

  /** Adds an update of the base. @returns whether the update is readable and within the limits */
  addPastUpdate(from: string, update: Uint8Array, maxBytes: number): boolean {
    const gathered = this.#gathering
    if (
      gathered?.from !== from ||
      gathered.bytes + update.length > maxBytes ||
      !isUpdate(update, maxPastParts)
    )
      return false
    gathered.bytes += update.length
    gathered.updates.push(update)
    return true
  }

  /** Takes the base, which has arrived as a whole. @returns undefined: another member was asked */
  takeGathered(from: string): readonly Uint8Array[] | undefined {
    const gathered = this.#gathering
    this.#gathering = undefined
    return gathered?.from === from ? gathered.updates : undefined
  }
}
