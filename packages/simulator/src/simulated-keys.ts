/**
 * Simulated keys: signatures that take a microsecond to compute. A test can forge such a signature.
 */
import { hash } from 'node:crypto'
import { memberIdFromKey, type Signer, type Verifier } from '@hearsay/core/host'
import { signatureOf } from './simulated-signature.ts'

/** The member id of a seed and a name. A member that lost its storage gets another name here, and so another id. */
export function simulatedId(seed: number, name: string): string {
  const id = memberIdFromKey(hash('sha256', `${seed} ${name}`, 'buffer'))
  if (id === undefined) throw new Error('the key must have 32 bytes')
  return id
}

/** Shared by a whole simulation: a verified signature is not computed again. */
export class SimulatedKeys implements Verifier {
  readonly #verified = new WeakSet<Uint8Array>()

  signerOf(self: string): Signer {
    return { sign: bytes => signatureOf(self, bytes) }
  }

  /** An equal fact is the same object (`FactInterning`), so the signature object identifies the fact. */
  verify(author: string, bytes: Uint8Array, signature: Uint8Array): boolean {
    if (this.#verified.has(signature)) return true
    const isValid = Buffer.compare(signatureOf(author, bytes), signature) === 0
    if (isValid) this.#verified.add(signature)
    return isValid
  }
}
