/**
 * Member id: the libp2p PeerId of an Ed25519 key, which contains the public key.
 *
 * In memory a member id is the base58 text, on the wire it is the 32 bytes of the key.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'

/** Identity multihash of 36 bytes: a protobuf PublicKey of type Ed25519 and length 32 (libp2p peer-ids spec). */
const prefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

export const keyBytes = 32

/** The member id of this public key; undefined if the key does not have 32 bytes. */
export function memberIdFromKey(key: Uint8Array): string | undefined {
  if (key.length !== keyBytes) return undefined
  const bytes = new Uint8Array(prefix.length + keyBytes)
  bytes.set(prefix)
  bytes.set(key, prefix.length)
  return toText(bytes, 'base58btc')
}

/** The public key of this member; undefined if the text is not an Ed25519 PeerId. */
export function keyFromMemberId(id: string): Uint8Array<ArrayBuffer> | undefined {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = fromString(id, 'base58btc')
  } catch {
    return undefined
  }
  if (bytes.length !== prefix.length + keyBytes || prefix.some((byte, i) => bytes[i] !== byte))
    return undefined
  return bytes.slice(prefix.length)
}

export const isMemberId = (id: string): boolean => keyFromMemberId(id) !== undefined
