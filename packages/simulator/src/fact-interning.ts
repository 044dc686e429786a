/**
 * Fact interning: equal facts are one object, even if thousands of members store them. Facts that were not used for
 * long are dropped.
 */
import type { SignedFact } from '@hearsay/core/host'

const maxRecent = 500_000
// `Buffer` is a getter of the global object: reading it for each fact took a quarter of the time of a wave of rumors.
const { compare } = Buffer

export class FactInterning {
  #recent = new Map<number, SignedFact>()
  #older = new Map<number, SignedFact>()

  /** The first object that equals this fact in every byte; this fact if there is none. */
  intern(fact: SignedFact): SignedFact {
    const key = keyOf(fact.signature)
    const known = this.#recent.get(key) ?? this.#older.get(key)
    const shared = known && isSame(known, fact) ? known : fact
    if (this.#recent.size >= maxRecent) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, shared)
    return shared
  }
}

/** 52 bits of the signature. */
function keyOf(signature: Uint8Array): number {
  const view = new DataView(signature.buffer, signature.byteOffset)
  return view.getUint32(0) * 0x10_0000 + (view.getUint32(4) >>> 12)
}

function isSame(a: SignedFact, b: SignedFact): boolean {
  return (
    a.type === b.type &&
    a.author === b.author &&
    compare(a.signature, b.signature) === 0 &&
    compare(a.payload, b.payload) === 0
  )
}
