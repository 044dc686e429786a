/**
 * Keys in Node: signs with the private key of this libp2p node, verifies with the public key in a member id.
 *
 * Uses Node's own crypto with keys that are parsed once. libp2p's keys are parsed again for each signature, which takes more
 * than a third of the time.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { toString as toText } from 'uint8arrays/to-string'
import { keyFromMemberId } from '../../wire/member-id.ts'
import type { Signer, Verifier } from '../../wire/signing.ts'

/** Maximum number of cached public keys. At the maximum, the cache is cleared. */
const maxCachedKeys = 4_096
/** A raw private key of libp2p is the seed followed by the public key. */
const seedBytes = 32

export function nodeKeys(privateKey: Ed25519PrivateKey): Signer & Verifier {
  const { publicKey, raw } = privateKey
  const signingKey = createPrivateKey({
    key: { ...jwkOf(publicKey.raw), d: toText(raw.subarray(0, seedBytes), 'base64url') },
    format: 'jwk',
  })
  const publicKeys = new Map<string, KeyObject | undefined>()

  function publicKeyOf(id: string): KeyObject | undefined {
    if (publicKeys.has(id)) return publicKeys.get(id)
    if (publicKeys.size >= maxCachedKeys) publicKeys.clear()
    const raw = keyFromMemberId(id)
    const key = raw && createPublicKey({ key: jwkOf(raw), format: 'jwk' })
    publicKeys.set(id, key)
    return key
  }

  return {
    sign: bytes => sign(null, bytes, signingKey),
    verify(author, bytes, signature) {
      try {
        const key = publicKeyOf(author)
        return key !== undefined && verify(null, bytes, key, signature)
      } catch {
        // The 32 bytes are not a point on the curve.
        return false
      }
    },
  }
}

/** The public key as JSON Web Key (RFC 8037). */
function jwkOf(publicKey: Uint8Array): { kty: string; crv: string; x: string } {
  return { kty: 'OKP', crv: 'Ed25519', x: toText(publicKey, 'base64url') }
}
