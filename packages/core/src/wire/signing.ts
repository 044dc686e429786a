/**
 * Signing: which bytes an author signs.
 *
 * The domain, the kind and the cluster are in them, so a signature is good for one kind of fact in one cluster.
 */
import type { Draft, FactBody } from './fact.ts'

/** Signs for this member. Node answers at once, a browser's WebCrypto later. */
export interface Signer {
  /** 64 bytes, Ed25519 (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export interface Verifier {
  /** @param author a member id, which is the public key. */
  verify(author: string, bytes: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>
}

const domain = [...'hearsay/1'].map(character => character.charCodeAt(0))
const kinds = { record: 2, heartbeat: 3, suspicion: 4 } satisfies Record<FactBody['type'], number>

/** `"hearsay/1" | kind, one byte: its field number in SignedFact | cluster tag, 16 bytes | payload` */
export function signedBytes(cluster: Uint8Array, fact: Pick<Draft, 'type' | 'payload'>): Uint8Array {
  const bytes = new Uint8Array(domain.length + 1 + cluster.length + fact.payload.length)
  bytes.set(domain)
  bytes[domain.length] = kinds[fact.type]
  bytes.set(cluster, domain.length + 1)
  bytes.set(fact.payload, domain.length + 1 + cluster.length)
  return bytes
}
