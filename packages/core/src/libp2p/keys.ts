/** Keys: signs with the key of this libp2p node, verifies with the key that a member id is. */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import { keyFromMemberId } from '../wire/member-id.ts'
import type { Signer, Verifier } from '../wire/signing.ts'

/** Parsed keys are kept for so many members; beyond, all are parsed anew. */
const maxKept = 4_096

export function libp2pKeys(privateKey: PrivateKey): Signer & Verifier {
  const publicKeys = new Map<string, PublicKey | undefined>()

  function publicKey(id: string): PublicKey | undefined {
    if (publicKeys.has(id)) return publicKeys.get(id)
    if (publicKeys.size >= maxKept) publicKeys.clear()
    const raw = keyFromMemberId(id)
    const key = raw && publicKeyFromRaw(raw)
    publicKeys.set(id, key)
    return key
  }

  return {
    sign: bytes => privateKey.sign(bytes),
    verify(author, bytes, signature) {
      try {
        const holds = publicKey(author)?.verify(bytes, signature) ?? false
        return holds instanceof Promise ? holds.catch(() => false) : holds
      } catch {
        // 32 bytes that are no point on the curve.
        return false
      }
    },
  }
}
