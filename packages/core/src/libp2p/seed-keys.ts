/** Seed keys: Ed25519 keys whose private part is a seed of 32 bytes (RFC 8032), as libp2p uses them. */
import { generateKeyPairFromSeed, privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'

/** The ASN.1 in front of the seed of an Ed25519 key (RFC 8410). */
const pkcs8Head = fromString('302e020100300506032b657004220420', 'base16')

/** libp2p's own function takes some 90 ms when it is first called. libp2p's function is used where WebCrypto has no Ed25519. */
export async function keyOfSeed(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  try {
    const encoded = concat([pkcs8Head, seed])
    const key = await crypto.subtle.importKey('pkcs8', encoded, 'Ed25519', true, ['sign'])
    const { x = '' } = await crypto.subtle.exportKey('jwk', key)
    return privateKeyFromRaw(concat([seed, fromString(x, 'base64url')])) as Ed25519PrivateKey
  } catch {
    return await generateKeyPairFromSeed('Ed25519', seed)
  }
}
