/**
 * Keys in Node: signs with the key of this libp2p node, verifies with the key that a member id is.
 *
 * With Node's own crypto and keys that are parsed once: libp2p's keys parse themselves anew with each signature, which
 * costs more than a third of it.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { toString as toText } from 'uint8arrays/to-string'
import { keyFromMemberId } from '../../wire/member-id.ts'
import type { Signer, Verifier } from '../../wire/signing.ts'

/** Parsed keys are kept for so many members; beyond, all are parsed anew. */
const maxKept = 4_096
/** A raw private key of libp2p is the seed and then the public key. */
const seedBytes = 32

export function nodeKeys(privateKey: Ed25519PrivateKey): Signer & Verifier {
  const { publicKey, raw } = privateKey
  const own = createPrivateKey({
    key: { ...jwkOf(publicKey.raw), d: toText(raw.subarray(0, seedBytes), 'base64url') },
    format: 'jwk',
  })
  const publicKeys = new Map<string, KeyObject | undefined>()

  function publicKeyOf(id: string): KeyObject | undefined {
    if (publicKeys.has(id)) return publicKeys.get(id)
    if (publicKeys.size >= maxKept) publicKeys.clear()
    const raw = keyFromMemberId(id)
    const key = raw && createPublicKey({ key: jwkOf(raw), format: 'jwk' })
    publicKeys.set(id, key)
    return key
  }

  return {
    sign: bytes => sign(null, bytes, own),
    verify(author, bytes, signature) {
      try {
        const key = publicKeyOf(author)
        return key !== undefined && verify(null, bytes, key, signature)
      } catch {
        // 32 bytes that are no point on the curve.
        return false
      }
    },
  }
}

/** RFC 8037. */
function jwkOf(publicKey: Uint8Array): { kty: string; crv: string; x: string } {
  return { kty: 'OKP', crv: 'Ed25519', x: toText(publicKey, 'base64url') }
}
