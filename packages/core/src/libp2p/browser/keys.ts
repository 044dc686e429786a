/**
 * Keys in a browser: signs with the key of this libp2p node, verifies with the key that a member id is.
 *
 * It signs at once: a tab that closes has no later in which to sign its goodbye. It verifies with WebCrypto, an order
 * of magnitude faster than any JavaScript, which answers later.
 */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PublicKey } from '@libp2p/interface'
import { ed25519 } from '@noble/curves/ed25519.js'
import { keyFromMemberId } from '../../wire/member-id.ts'
import type { Signer, Verifier } from '../../wire/signing.ts'

/** A raw private key of libp2p is the seed and then the public key. */
const seedBytes = 32

export function browserKeys({ raw }: Ed25519PrivateKey): Signer & Verifier {
  const seed = raw.slice(0, seedBytes)
  return {
    sign: bytes => ed25519.sign(bytes, seed),
    async verify(author, bytes, signature) {
      try {
        return (await publicKeyOf(author)?.verify(bytes, signature)) ?? false
      } catch {
        // 32 bytes that are no point on the curve.
        return false
      }
    },
  }
}

function publicKeyOf(id: string): PublicKey | undefined {
  const raw = keyFromMemberId(id)
  return raw && publicKeyFromRaw(raw)
}
