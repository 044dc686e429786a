/**
 * Bounded decoder: reads an update of version 1 that somebody else wrote, and gives up where it would cost too much.
 *
 * A struct takes two bytes on the wire and a hundred in memory, so bytes alone bound nothing.
 */
import type { Decoder } from 'lib0/decoding'
import * as Y from 'yjs'

export class BoundedDecoder extends Y.UpdateDecoderV1 {
  readonly #maxParts: number
  #left: number

  /** @param maxParts structs and deletions */
  constructor(decoder: Decoder, maxParts: number) {
    super(decoder)
    this.#maxParts = maxParts
    this.#left = maxParts
  }

  /** Once for each struct. */
  override readInfo(): number {
    this.#spend()
    return super.readInfo()
  }

  /** Once for each deletion. */
  override readDsClock(): number {
    this.#spend()
    return super.readDsClock()
  }

  #spend(): void {
    this.#left -= 1
    if (this.#left < 0) throw new RangeError(`an update of more than ${this.#maxParts} parts`)
  }
}
