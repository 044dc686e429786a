/**
 * Replay window (as in RFC 6479): which events of an author were delivered, so that no event is delivered twice.
 *
 * For each author, the window covers the last 64 event numbers of the latest generation. Older events count as
 * delivered. Generations are times in milliseconds since 1970. A stored one above `maxGeneration` is from a clock that was
 * ahead, and any other generation replaces it.
 */
import { setNewest } from './oldest-first.ts'

const width = 64
const maxAuthors = 4_096

interface Author {
  readonly generation: number
  greatest: number
  /** Bit i: the number `greatest - i` was delivered. */
  delivered: bigint
}

export class ReplayWindow {
  readonly #authors = new Map<string, Author>()

  /** @returns whether the event is new; later calls with the same event return false */
  accept(author: string, generation: number, number: number, maxGeneration: number): boolean {
    const known = this.#knownOf(author, generation, maxGeneration)
    if (known && generation < known.generation) return false
    if (!known || generation > known.generation) {
      setNewest(this.#authors, author, { generation, greatest: number, delivered: 1n }, maxAuthors)
      return true
    }
    const ahead = number - known.greatest
    if (ahead > 0) {
      known.delivered = ahead < width ? BigInt.asUintN(width, (known.delivered << BigInt(ahead)) | 1n) : 1n
      known.greatest = number
      return true
    }
    if (-ahead >= width) return false
    const bit = 1n << BigInt(-ahead)
    if ((known.delivered & bit) !== 0n) return false
    known.delivered |= bit
    return true
  }

  has(author: string, generation: number, number: number, maxGeneration: number): boolean {
    const known = this.#knownOf(author, generation, maxGeneration)
    if (!known || generation > known.generation) return false
    if (generation < known.generation) return true
    const behind = known.greatest - number
    return behind >= width || (behind >= 0 && (known.delivered & (1n << BigInt(behind))) !== 0n)
  }

  #knownOf(author: string, generation: number, maxGeneration: number): Author | undefined {
    const known = this.#authors.get(author)
    return known && known.generation > Math.max(generation, maxGeneration) ? undefined : known
  }
}
