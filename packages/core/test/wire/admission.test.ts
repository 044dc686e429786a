import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AdmissionInitiator,
  type AdmissionOptions,
  AdmissionResponder,
  answerBytes,
  type Capabilities,
  requestBytes,
} from '../../src/wire/admission.ts'
import { clusterKeys } from '../../src/wire/cluster-keys.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'
import { clusterTag } from '../../src/wire/tags.ts'

const secret = 'a secret of sixteen or more characters'
const ada = await memberId(1)
const bob = await memberId(2)
const eve = await memberId(3)

async function memberId(seed: number): Promise<string> {
  const { publicKey } = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(seed))
  return memberIdFromKey(publicKey.raw) ?? ''
}

const nonce = (byte: number) => new Uint8Array(32).fill(byte)

interface End {
  readonly self: string
  readonly peer: string
  readonly cluster?: string
  readonly secret?: string | Uint8Array | undefined
  readonly nonce: Uint8Array
}

function optionsOf({ self, peer, cluster = 'atlas', nonce, ...end }: End): AdmissionOptions {
  const key = clusterKeys(cluster, 'secret' in end ? end.secret : secret).admission
  return { key, cluster: clusterTag(cluster), self, peer, nonce }
}

const adaToBob = { self: ada, peer: bob, nonce: nonce(1) }
const bobFromAda = { self: bob, peer: ada, nonce: nonce(2) }

interface Outcome {
  readonly responderAdmits: boolean
  readonly initiatorAdmits: Capabilities | undefined
}

/** Runs the handshake. A transport between the ends may change the bytes. */
function handshake(
  initiatorEnd: End,
  responderEnd: End,
  { relay = false, request = same, answer = same } = {},
): Outcome {
  const initiator = new AdmissionInitiator(optionsOf(initiatorEnd))
  const responder = new AdmissionResponder(optionsOf(responderEnd), { relay })
  const sent = initiator.request(responder.challenge)
  const answered = sent && responder.answer(request(sent))
  return {
    responderAdmits: answered !== undefined,
    initiatorAdmits: answered && initiator.capabilities(answer(answered)),
  }
}

const same = (bytes: Uint8Array): Uint8Array => bytes
const nobody: Outcome = { responderAdmits: false, initiatorAdmits: undefined }

describe('the admission handshake', () => {
  it('admits two members with one secret, and says whether the responder is a relay', () => {
    expect(handshake(adaToBob, bobFromAda)).toEqual({
      responderAdmits: true,
      initiatorAdmits: { relay: false },
    })
    expect(handshake(adaToBob, bobFromAda, { relay: true }).initiatorAdmits).toEqual({ relay: true })
  })

  it('admits two members without a secret', () => {
    const outcome = handshake({ ...adaToBob, secret: undefined }, { ...bobFromAda, secret: undefined })
    expect(outcome.initiatorAdmits).toEqual({ relay: false })
  })

  it.each([
    ['another secret', { ...adaToBob, secret: 'another secret of some length' }],
    ['no secret', { ...adaToBob, secret: undefined }],
    ["the cluster's name as its secret", { ...adaToBob, secret: 'atlas' }],
    ['another cluster', { ...adaToBob, cluster: 'atlas2' }],
  ])('gives nothing to an initiator with %s', (_, initiator) => {
    expect(handshake(initiator, bobFromAda)).toEqual(nobody)
  })

  it('gives nothing to an initiator with a secret, if the responder has none', () => {
    expect(handshake(adaToBob, { ...bobFromAda, secret: undefined })).toEqual(nobody)
  })

  it('does not admit a peer with another id than the one that the proof is for', () => {
    expect(handshake({ ...adaToBob, peer: eve }, bobFromAda)).toEqual(nobody)
    expect(handshake({ ...adaToBob, self: eve }, bobFromAda)).toEqual(nobody)
    expect(handshake({ ...adaToBob, self: bob, peer: ada }, bobFromAda)).toEqual(nobody)
  })

  it('does not admit a peer whose key is not Ed25519', () => {
    const initiator = new AdmissionInitiator(optionsOf({ ...adaToBob, peer: 'QmNoMember' }))
    expect(initiator.request(nonce(2))).toBeUndefined()
  })

  it('does not accept its own proof, reflected by a peer', () => {
    const initiator = new AdmissionInitiator(optionsOf(adaToBob))
    const request = initiator.request(nonce(2))
    const proof = request?.subarray(32) ?? new Uint8Array()
    for (const flags of [0, 1]) expect(initiator.capabilities(Uint8Array.of(flags, ...proof))).toBeUndefined()
    // As a responder: the peer sends back the request that it received from this member.
    const responder = new AdmissionResponder(optionsOf({ ...adaToBob, nonce: nonce(2) }), { relay: false })
    expect(responder.answer(request ?? new Uint8Array())).toBeUndefined()
  })

  it('does not accept a recorded request for another challenge', () => {
    const initiator = new AdmissionInitiator(optionsOf(adaToBob))
    const request = initiator.request(bobFromAda.nonce) ?? new Uint8Array()
    const again = new AdmissionResponder(optionsOf({ ...bobFromAda, nonce: nonce(3) }), { relay: false })
    expect(again.answer(request)).toBeUndefined()
  })

  it('does not accept a recorded answer to another request', () => {
    const recorded: Uint8Array[] = []
    const record = (bytes: Uint8Array) => {
      recorded.push(bytes)
      return bytes
    }
    handshake(adaToBob, bobFromAda, { answer: record })
    const replay = () => recorded[0] ?? new Uint8Array()
    const later = handshake({ ...adaToBob, nonce: nonce(4) }, bobFromAda, { answer: replay })
    expect(later).toEqual({ responderAdmits: true, initiatorAdmits: undefined })
  })

  it('proves the key once in a handshake', () => {
    const initiator = new AdmissionInitiator(optionsOf(adaToBob))
    const request = initiator.request(nonce(2)) ?? new Uint8Array()
    expect(initiator.request(nonce(3))).toBeUndefined()
    const responder = new AdmissionResponder(optionsOf(bobFromAda), { relay: false })
    expect(responder.answer(request)).toBeDefined()
    expect(responder.answer(request)).toBeUndefined()
  })

  it('accepts no changed bit, and no truncated or lengthened message', () => {
    const change = (at: number, bit: number) => (bytes: Uint8Array) =>
      bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))
    const bit = fc.integer({ min: 0, max: 7 })
    fc.assert(
      fc.property(fc.nat(requestBytes - 1), bit, (at, bit) => {
        expect(handshake(adaToBob, bobFromAda, { request: change(at, bit) })).toEqual(nobody)
      }),
    )
    fc.assert(
      fc.property(fc.nat(answerBytes - 1), bit, (at, bit) => {
        const outcome = handshake(adaToBob, bobFromAda, { answer: change(at, bit) })
        expect(outcome.initiatorAdmits).toBeUndefined()
      }),
    )
    for (const resize of [
      (bytes: Uint8Array) => bytes.subarray(0, -1),
      (bytes: Uint8Array) => Uint8Array.of(...bytes, 0),
      () => new Uint8Array(),
    ]) {
      expect(handshake(adaToBob, bobFromAda, { request: resize })).toEqual(nobody)
      expect(handshake(adaToBob, bobFromAda, { answer: resize }).initiatorAdmits).toBeUndefined()
    }
  })

  it('accepts no made-up message', () => {
    const message = fc.uint8Array({ maxLength: 2 * requestBytes })
    fc.assert(
      fc.property(message, made => {
        expect(handshake(adaToBob, bobFromAda, { request: () => made })).toEqual(nobody)
        expect(handshake(adaToBob, bobFromAda, { answer: () => made }).initiatorAdmits).toBeUndefined()
      }),
    )
  })
})
