/**
 * Keys in a browser: signs with the private key of this libp2p node, verifies with the public key in a member id.
 *
 * Signing is synchronous, because a closing tab cannot wait for the signature of its leave. Verifying uses WebCrypto, which
 * is asynchronous, but ten times faster than JavaScript.
 */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PublicKey } from '@libp2p/interface'
import { ed25519 } from '@noble/curves/ed25519.js'
import { keyFromMemberId } from '../../wire/member-id.ts'
import type { Signer, Verifier } from '../../wire/signing.ts'

/** A raw private key of libp2p is the seed followed by the public key. */
const seedBytes = 32

export function browserKeys({ raw }: Ed25519PrivateKey): Signer & Verifier {
  const seed = raw.slice(0, seedBytes)
  return {
    sign: bytes => ed25519.sign(bytes, seed),
    async verify(author, bytes, signature) {
      try {
        return (await publicKeyOf(author)?.verify(bytes, signature)) ?? false
      } catch {
        // The 32 bytes are not a point on the curve.
        return false
      }
    },
  }
}

function publicKeyOf(id: string): PublicKey | undefined {
  const raw = keyFromMemberId(id)
  return raw && publicKeyFromRaw(raw)
}
