import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AdmissionSession,
  admissionAnswer,
  admissionRequest,
  answerBytes,
  answeredCapabilities,
  type Capabilities,
  nonceBytes,
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
  readonly cluster?: string
  readonly secret?: string | undefined
  readonly initiator?: string
  readonly responder?: string
}

/** The session of ada and bob, as one end knows it. */
function sessionOf({ cluster = 'atlas', initiator = ada, responder = bob, ...end }: End): AdmissionSession {
  const { admission: key } = clusterKeys(cluster, 'secret' in end ? end.secret : secret)
  return { key, cluster: clusterTag(cluster), initiator, responder, challenge: nonce(2) }
}

type Change = (bytes: Uint8Array) => Uint8Array

interface Path {
  readonly challenge?: Change
  readonly request?: Change
  readonly answer?: Change
  readonly relay?: boolean
}

interface Outcome {
  /** Whether the responder sends an answer. */
  readonly responderAdmits: boolean
  /** What the initiator accepts. */
  readonly initiatorAdmits: Capabilities | undefined
}

const same: Change = bytes => bytes
const nobody: Outcome = { responderAdmits: false, initiatorAdmits: undefined }

/** Runs the handshake over a path that may change each message. */
function handshake(first: End, second: End, path: Path = {}): Outcome {
  const { challenge = same, request = same, answer = same, relay = false } = path
  const responder = sessionOf(second)
  const initiator = { ...sessionOf(first), challenge: challenge(responder.challenge) }
  const asked = admissionRequest(initiator, nonce(1))
  const answered = asked && admissionAnswer(responder, request(asked), { relay })
  return {
    responderAdmits: answered !== undefined,
    initiatorAdmits: answered && answeredCapabilities(initiator, nonce(1), answer(answered)),
  }
}

const resizes: Change[] = [
  bytes => bytes.subarray(0, -1),
  bytes => bytes.subarray(1),
  bytes => Uint8Array.of(...bytes, 0),
  () => new Uint8Array(),
]

describe('the admission handshake', () => {
  it('admits two members with one secret, and says whether the responder is a relay', () => {
    expect(handshake({}, {})).toEqual({ responderAdmits: true, initiatorAdmits: { relay: false } })
    expect(handshake({}, {}, { relay: true }).initiatorAdmits).toEqual({ relay: true })
  })

  it('admits two members without a secret', () => {
    const open = { secret: undefined }
    expect(handshake(open, open).initiatorAdmits).toEqual({ relay: false })
  })

  it.each<[string, End, End]>([
    ['with another secret', { secret: 'another secret of some length' }, {}],
    ['without a secret', { secret: undefined }, {}],
    ["with the cluster's name as its secret", { secret: 'atlas' }, {}],
    ['of another cluster', { cluster: 'atlas2' }, {}],
    ['with a secret, at a responder without one', {}, { secret: undefined }],
    [
      'with a secret that is the name, at a responder without one',
      { secret: 'atlas' },
      { secret: undefined },
    ],
    ['for another responder', { responder: eve }, {}],
    ['with the proof of another initiator', { initiator: eve }, {}],
    ['in the other role', { initiator: bob, responder: ada }, {}],
    ['whose key is not Ed25519', { initiator: 'QmNoMember' }, { initiator: 'QmNoMember' }],
  ])('gives nothing to an initiator %s', (_, initiator, responder) => {
    expect(handshake(initiator, responder)).toEqual(nobody)
  })

  it('does not accept its own proof, reflected by a peer', () => {
    const asked = admissionRequest(sessionOf({}), nonce(1)) ?? new Uint8Array()
    const proof = asked.subarray(nonceBytes)
    // As the answer to the request itself.
    for (const flags of [0, 1]) {
      const answer = Uint8Array.of(flags, ...proof)
      expect(answeredCapabilities(sessionOf({}), nonce(1), answer)).toBeUndefined()
    }
    // As a request of the peer in a second handshake, in which the member is the responder.
    const second = { ...sessionOf({ initiator: bob, responder: ada }), challenge: nonce(1) }
    for (const replayed of [asked, Uint8Array.of(...nonce(2), ...proof)])
      expect(admissionAnswer(second, replayed, { relay: false })).toBeUndefined()
  })

  it('does not accept a recorded request or answer in another handshake', () => {
    const asked = admissionRequest(sessionOf({}), nonce(1)) ?? new Uint8Array()
    const answered = admissionAnswer(sessionOf({}), asked, { relay: false }) ?? new Uint8Array()
    const later = { ...sessionOf({}), challenge: nonce(3) }
    expect(admissionAnswer(later, asked, { relay: false })).toBeUndefined()
    expect(answeredCapabilities(later, nonce(1), answered)).toBeUndefined()
    expect(answeredCapabilities(sessionOf({}), nonce(4), answered)).toBeUndefined()
  })

  it('accepts no message with a changed bit', () => {
    const change =
      (at: number, bit: number): Change =>
      bytes =>
        bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))
    const bit = fc.integer({ min: 0, max: 7 })
    fc.assert(
      fc.property(fc.nat(nonceBytes - 1), bit, (at, bit) => {
        expect(handshake({}, {}, { challenge: change(at, bit) })).toEqual(nobody)
      }),
    )
    fc.assert(
      fc.property(fc.nat(requestBytes - 1), bit, (at, bit) => {
        expect(handshake({}, {}, { request: change(at, bit) })).toEqual(nobody)
      }),
    )
    fc.assert(
      fc.property(fc.nat(answerBytes - 1), bit, (at, bit) => {
        expect(handshake({}, {}, { answer: change(at, bit) }).initiatorAdmits).toBeUndefined()
      }),
    )
  })

  it.each(resizes)('accepts no truncated or lengthened message: %s', resize => {
    expect(handshake({}, {}, { challenge: resize })).toEqual(nobody)
    expect(handshake({}, {}, { request: resize })).toEqual(nobody)
    expect(handshake({}, {}, { answer: resize }).initiatorAdmits).toBeUndefined()
  })

  it('accepts no message that was made up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * requestBytes }), made => {
        expect(handshake({}, {}, { request: () => made })).toEqual(nobody)
        expect(handshake({}, {}, { answer: () => made }).initiatorAdmits).toBeUndefined()
      }),
    )
  })
})
