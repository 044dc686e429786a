/**
 * Signing: the bytes that an author signs.
 *
 * The bytes include the domain, the kind of fact, the cluster and the space, so a signature is valid for one kind of fact in
 * one cluster and space only.
 */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import type { Draft, FactBody } from './fact.ts'
import type { SpaceDraft, SpaceFactBody } from './space-fact.ts'
import { bytesOfSpace } from './tags.ts'

/** Signs for this member. Node signs synchronously; WebCrypto in a browser returns a promise. */
export interface Signer {
  /** 64 bytes, Ed25519 (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Verifies signatures of any member, synchronously in Node and asynchronously in a browser. */
export interface Verifier {
  /** @param author a member id, which contains the public key. */
  verify(author: string, bytes: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>
}

const domain = fromString('hearsay/1')
/** 6 to 8 are the kinds of query facts. */
const kinds = {
  record: 2,
  heartbeat: 3,
  suspicion: 4,
  introduction: 5,
  revocation: 9,
  keyring: 10,
} satisfies Record<FactBody['type'], number>

/** `"hearsay/1" | kind, one byte: its field number in SignedFact | cluster tag, 16 bytes | payload` */
export function signedBytes(cluster: Uint8Array, fact: Pick<Draft, 'type' | 'payload'>): Uint8Array {
  return signedBytesOf(kinds[fact.type], cluster, fact.payload)
}

/** The signed bytes of a fact that belongs to no space. @param kind one byte, different for each kind of fact */
export function signedBytesOf(kind: number, cluster: Uint8Array, payload: Uint8Array): Uint8Array {
  return concat([domain, Uint8Array.of(kind), cluster, payload])
}

const spaceKinds = { field: 16, entry: 17, update: 18, event: 19, change: 20 } satisfies Record<
  SpaceFactBody['type'],
  number
>

/**
 * `"hearsay/1" | kind, one byte: 14 + its field number in SpaceFact | cluster tag, 16 bytes | space tag, 12 bytes | payload`
 */
export function signedSpaceBytes(
  cluster: Uint8Array,
  space: string,
  fact: Pick<SpaceDraft, 'type' | 'payload'>,
): Uint8Array {
  return concat([domain, Uint8Array.of(spaceKinds[fact.type]), cluster, bytesOfSpace(space), fact.payload])
}
