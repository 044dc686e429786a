/** Wire targets: the decoders of everything that a peer sends on hearsay's own protocols. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import {
  type AdmissionSession,
  admissionAnswer,
  admissionRequest,
  answeredCapabilities,
} from '../../packages/core/src/wire/admission.ts'
import {
  decodeProbe,
  decodeRumors,
  decodeSync,
  encodeProbe,
  encodeRumors,
  encodeSync,
} from '../../packages/core/src/wire/codec.ts'
import { decodeFact, draftFact, type SignedFact } from '../../packages/core/src/wire/fact.ts'
import { encodeEnvelope } from '../../packages/core/src/wire/fact-envelope.ts'
import { equalBytes } from '../../packages/core/src/wire/hashes.ts'
import { decodeHello, encodeHello } from '../../packages/core/src/wire/hello.ts'
import * as limits from '../../packages/core/src/wire/limits.ts'
import { decodeQueryFrame, encodeQueryFrame } from '../../packages/core/src/wire/query-codec.ts'
import { recordExcess } from '../../packages/core/src/wire/record-limits.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type FrameSeals,
} from '../../packages/core/src/wire/space-codec.ts'
import { decodeSpaceFact, draftSpaceFact, type SpaceFact } from '../../packages/core/src/wire/space-fact.ts'
import { privateRoomOf } from '../../packages/core/test/helpers/private-rooms.ts'
import { facts, hello, probeMessage, syncMessages } from '../../packages/core/test/wire/codec-arbitraries.ts'
import { queryFacts } from '../../packages/core/test/wire/query-arbitraries.ts'
import { spaceFacts, spaceSteps } from '../../packages/core/test/wire/space-arbitraries.ts'
import { idOf, testTag } from '../helpers/signed-facts.ts'
import { bytesTarget, codecTarget } from './decoder-target.ts'
import type { Target } from './target.ts'

const session: AdmissionSession = {
  key: new Uint8Array(32).fill(1),
  cluster: testTag,
  initiator: idOf('ada'),
  responder: idOf('bob'),
  challenge: new Uint8Array(32).fill(2),
}
const nonce = new Uint8Array(32).fill(3)
const request = admissionRequest(session, nonce) ?? new Uint8Array()
const answer = admissionAnswer(session, request, { relay: true }) ?? new Uint8Array()

const privateRoom = privateRoomOf('design')
const seals: FrameSeals = { sender: idOf('ada'), roomOf: () => privateRoom }

/** Steps that could not be opened have no content, and no member sends them. */
function openedSteps(decoded: ReturnType<typeof decodeSpaceFrame>): ReturnType<typeof decodeSpaceFrame> {
  return decoded.ok ? { ...decoded, value: decoded.value.filter(step => !step.isUnopened) } : decoded
}

export const wireTargets: readonly Target[] = [
  codecTarget('probe', probeMessage, { decode: decodeProbe, encode: encodeProbe }),
  codecTarget('hello', hello, { decode: decodeHello, encode: encodeHello }),
  codecTarget('sync', syncMessages, {
    decode: decodeSync,
    encode: encodeSync,
    keepsRules: ({ facts }) => keepRules(facts),
  }),
  codecTarget('rumors', facts, { decode: decodeRumors, encode: encodeRumors, keepsRules: keepRules }),
  codecTarget('space-frame', spaceSteps, {
    decode: bytes => openedSteps(decodeSpaceFrame(bytes)),
    encode: steps => encodeSpaceFrame(steps),
    keepsRules: steps => keepSpaceRules(steps.flatMap(({ facts }) => facts ?? [])),
  }),
  codecTarget('space-rumors', spaceFacts, {
    decode: bytes => decodeSpaceRumors(bytes),
    encode: each => encodeSpaceRumors(each),
    keepsRules: keepSpaceRules,
  }),
  codecTarget('sealed-frame', spaceSteps, {
    decode: bytes => openedSteps(decodeSpaceFrame(bytes, seals)),
    encode: steps => encodeSpaceFrame(steps, seals),
    keepsRules: steps => keepSpaceRules(steps.flatMap(({ facts }) => facts ?? [])),
  }),
  codecTarget('sealed-rumors', spaceFacts, {
    decode: bytes => decodeSpaceRumors(bytes, privateRoom),
    encode: each => encodeSpaceRumors(each, privateRoom),
    keepsRules: keepSpaceRules,
  }),
  codecTarget('queries', queryFacts, { decode: decodeQueryFrame, encode: encodeQueryFrame }),
  bytesTarget({
    name: 'admission',
    arbitrary: fc.constantFrom(request, answer),
    format: 'other',
    begin: () => bytes => {
      if (admissionAnswer(session, bytes, { relay: true }) && !equalBytes(bytes, request))
        throw new Error('a forged request was accepted')
      if (answeredCapabilities(session, nonce, bytes) && !equalBytes(bytes, answer))
        throw new Error('a forged answer was accepted')
    },
  }),
]

/** Throws unless the decoded facts are within the limits and stay the same when they are encoded and decoded again. */
function keepRules(facts: readonly SignedFact[]): void {
  if (facts.length > limits.maxFactsPerMessage) throw new Error(`${facts.length} facts`)
  for (const fact of facts) {
    const excess = fact.type === 'record' ? recordExcess(fact.record) : undefined
    if (excess !== undefined) throw new Error(excess)
    const { author, payload, signature, ...body } = fact
    const again = { ...draftFact(author, body), signature }
    const decoded = decodeFact(encodeEnvelope(again))
    if (!decoded.ok || !isDeepStrictEqual(decoded.value, again)) throw new Error('a fact changed')
  }
}

function keepSpaceRules(facts: readonly SpaceFact[]): void {
  if (facts.length > limits.maxFactsPerMessage) throw new Error(`${facts.length} facts`)
  for (const { author, payload, signature, ...body } of facts) {
    const again = { ...draftSpaceFact(author, body), signature }
    // JSON escapes may make a value longer than the author wrote it.
    if (again.payload.length > limits.maxPresenceBytes) continue
    const decoded = decodeSpaceFact(encodeEnvelope(again))
    if (!decoded.ok || !isDeepStrictEqual(decoded.value, again)) throw new Error('a fact of a space changed')
  }
}
