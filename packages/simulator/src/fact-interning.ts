/** Fact pool: equal facts are one object, however many members hold them. What was not met for long is let go. */
import type { SignedFact } from '@hearsay/core/host'

const maxRecent = 500_000

export class FactInterning {
  #recent = new Map<number, SignedFact>()
  #older = new Map<number, SignedFact>()

  /** The fact that was seen first, if this one equals it in every byte. */
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

/** 52 bits of it. */
function keyOf(signature: Uint8Array): number {
  const view = new DataView(signature.buffer, signature.byteOffset)
  return view.getUint32(0) * 0x10_0000 + (view.getUint32(4) >>> 12)
}

function isSame(a: SignedFact, b: SignedFact): boolean {
  return (
    a.type === b.type &&
    a.author === b.author &&
    Buffer.compare(a.signature, b.signature) === 0 &&
    Buffer.compare(a.payload, b.payload) === 0
  )
}
