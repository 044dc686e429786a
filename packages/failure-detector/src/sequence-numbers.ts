/**
 * Sequence: numbers that are never used twice. It begins at a random place below 2³¹, so that answers to
 * the life before a restart do not fit, and ends at 2⁵³.
 */
export class SequenceNumbers {
  #last: number

  constructor(random: () => number) {
    this.#last = Math.floor(random() * 2 ** 31)
  }

  next(): number {
    this.#last += 1
    return this.#last
  }
}
