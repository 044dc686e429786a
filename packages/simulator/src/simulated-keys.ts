/**
 * Simulated keys: signatures that cost a microsecond. Whoever knows this file can forge them, so a forger in a
 * simulation says that it is one.
 */
import { hash } from 'node:crypto'
import { memberIdFromKey, type Signer, type Verifier } from '@hearsay/core/host'

/** The id that a seed, a name and a life without memory of earlier ones give. */
export function simulatedId(seed: number, name: string): string {
  const id = memberIdFromKey(hash('sha256', `${seed} ${name}`, 'buffer'))
  if (id === undefined) throw new Error('32 bytes are a key')
  return id
}

/** One for a whole simulation: a signature that held once is not computed again. */
export class SimulatedKeys implements Verifier {
  readonly #verified = new WeakSet<Uint8Array>()

  signerOf(self: string): Signer {
    return { sign: bytes => signatureOf(self, bytes) }
  }

  /** A fact that was seen before comes as the same object (`FactInterning`), so its signature names it. */
  verify(author: string, bytes: Uint8Array, signature: Uint8Array): boolean {
    if (this.#verified.has(signature)) return true
    const holds = Buffer.compare(signatureOf(author, bytes), signature) === 0
    if (holds) this.#verified.add(signature)
    return holds
  }
}

export function signatureOf(author: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha512', Buffer.concat([Buffer.from(author), bytes]), 'buffer'))
}
