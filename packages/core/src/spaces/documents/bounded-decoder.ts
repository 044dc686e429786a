/**
 * Bounded decoder: reads a foreign update of version 1, and stops when it has too many parts.
 *
 * A struct takes two bytes on the wire and a hundred in memory, so a limit in bytes does not limit memory.
 */
import type { Decoder } from 'lib0/decoding'
import * as Y from 'yjs'

export class BoundedDecoder extends Y.UpdateDecoderV1 {
  readonly #maxParts: number
  #left: number

  /** @param maxParts limit of structs and deletions */
  constructor(decoder: Decoder, maxParts: number) {
    super(decoder)
    this.#maxParts = maxParts
    this.#left = maxParts
  }

  /** Called once for each struct. */
  override readInfo(): number {
    this.#spend()
    return super.readInfo()
  }

  /** Called once for each deletion. */
  override readDsClock(): number {
    this.#spend()
    return super.readDsClock()
  }

  #spend(): void {
    this.#left -= 1
    if (this.#left < 0) throw new RangeError(`an update of more than ${this.#maxParts} parts`)
  }
}
