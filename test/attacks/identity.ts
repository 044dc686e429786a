/** Identity: a key of an attacker, and facts that this key signs. A made-up identity exists only in such facts. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { nodeKeys } from '../../packages/core/src/libp2p/node/keys.ts'
import { firstRecord } from '../../packages/core/src/member/local-record.ts'
import {
  draftFact,
  type FactBody,
  type MemberRecord,
  type SignedFact,
} from '../../packages/core/src/wire/fact.ts'
import { type Signer, signedBytes, signedSpaceBytes } from '../../packages/core/src/wire/signing.ts'
import {
  draftSpaceFact,
  type SpaceFact,
  type SpaceFactBody,
} from '../../packages/core/src/wire/space-fact.ts'

export class Identity {
  readonly key: Ed25519PrivateKey
  readonly id: string
  readonly incarnation: number = Date.now()
  readonly #tag: Uint8Array
  readonly #signer: Signer

  constructor(key: Ed25519PrivateKey, tag: Uint8Array) {
    this.key = key
    this.id = peerIdFromPrivateKey(key).toString()
    this.#tag = tag
    this.#signer = nodeKeys(key)
  }

  /** @param tag the cluster tag */
  static async create(tag: Uint8Array): Promise<Identity> {
    return new Identity(await generateKeyPair('Ed25519'), tag)
  }

  record(changes: Partial<MemberRecord> = {}, unknownFields = new Uint8Array()): Promise<SignedFact> {
    const first = firstRecord({ name: 'made up', tags: {}, incarnation: this.incarnation })
    return this.fact({ type: 'record', record: { ...first, ...changes } }, unknownFields)
  }

  /** @param unknownFields encoded fields that the decoder skips and that the signature covers */
  async fact(body: FactBody, unknownFields = new Uint8Array()): Promise<SignedFact> {
    const draft = draftFact(this.id, body)
    const padded = { ...draft, payload: Uint8Array.from(Buffer.concat([draft.payload, unknownFields])) }
    return { ...padded, signature: await this.#signer.sign(signedBytes(this.#tag, padded)) }
  }

  async spaceFact(space: string, body: SpaceFactBody): Promise<SpaceFact> {
    const draft = draftSpaceFact(this.id, body)
    return { ...draft, signature: await this.#signer.sign(signedSpaceBytes(this.#tag, space, draft)) }
  }
}
