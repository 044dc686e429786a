/**
 * Private room: the keys that a member derives from the name and the secret of a room, and what it does with them.
 *
 * Everything of the room that leaves the member's memory is sealed with XChaCha20-Poly1305, under a key for each use and with
 * a random nonce of 24 bytes: steps for peers, rumors, and values in the store. Members without the secret cannot compute
 * the space tag, and the tag in a member's record is different for each member. So members without the secret cannot see which
 * members share a room, and cannot claim to be in the room.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { keyFromMemberId } from './member-id.ts'
import { type SpaceKind, spaceFromBytes, spaceTagBytes } from './tags.ts'

const keyBytes = 32
export const nonceBytes = 24
const storedNameBytes = 16
const none = new Uint8Array()

export interface PrivateRoomOptions {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** A room with writers has a second space, `documents`, for the changes of its documents. @default 'room' */
  readonly kind?: Exclude<SpaceKind, 'config'>
  readonly name: string
  readonly secret: Uint8Array
  /** 0 ≤ random() < 1, with at least 32 random bits. Nonces are made of it. */
  readonly random: () => number
}

/** The kind of content that is sealed. Each use has a key of its own. */
export type SealedUse = 'steps' | 'rumors' | 'store'

export class PrivateRoom {
  /** The space tag. */
  readonly space: string
  readonly #random: () => number
  readonly #keys: Readonly<Record<SealedUse, Uint8Array>>
  readonly #memberKey: Uint8Array
  readonly #namesKey: Uint8Array

  constructor({ cluster, kind = 'room', name, secret, random }: PrivateRoomOptions) {
    const seed = extract(sha256, secret, cluster)
    const key = (use: string) =>
      expand(sha256, seed, fromString(`hearsay/2 ${kind} ${use}\n${name}`), keyBytes)
    this.#random = random
    this.#keys = { steps: key('steps'), rumors: key('rumors'), store: key('store') }
    this.#memberKey = key('members')
    this.#namesKey = key('names')
    this.space = spaceFromBytes(key('tag').subarray(0, spaceTagBytes))
  }

  /** The tag that stands for the room in the record of this member. The tag proves that the member knows the secret. */
  tagOf(member: string): string {
    const mac = hmac(sha256, this.#memberKey, keyFromMemberId(member) ?? none)
    return spaceFromBytes(mac.subarray(0, spaceTagBytes))
  }

  /**
   * @param context what the receiver knows about the content already: it opens under the same context only
   * @param nonce 24 random bytes that were never used before
   */
  seal(
    use: SealedUse,
    content: Uint8Array,
    context: Uint8Array = none,
    nonce: Uint8Array = this.#nonce(),
  ): Uint8Array<ArrayBuffer> {
    return concat([nonce, xchacha20poly1305(this.#keys[use], nonce, context).encrypt(content)])
  }

  /** The content; undefined if it was not sealed by a member with the secret for this use and context. */
  open(use: SealedUse, sealed: Uint8Array, context: Uint8Array = none): Uint8Array | undefined {
    try {
      const nonce = sealed.subarray(0, nonceBytes)
      return xchacha20poly1305(this.#keys[use], nonce, context).decrypt(sealed.subarray(nonceBytes))
    } catch {
      return undefined
    }
  }

  /** A name in the store that stands for this one: 16 bytes as hexadecimal digits. */
  storedName(name: string): string {
    return toText(hmac(sha256, this.#namesKey, fromString(name)).subarray(0, storedNameBytes), 'base16')
  }

  #nonce(): Uint8Array {
    const words = Uint32Array.from({ length: nonceBytes / 4 }, () => this.#random() * 2 ** 32)
    return new Uint8Array(words.buffer)
  }
}
