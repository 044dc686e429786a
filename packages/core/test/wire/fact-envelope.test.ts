import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { encodeRumors } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { factBytes } from '../../src/wire/fact-envelope.ts'
import * as limits from '../../src/wire/limits.ts'
import { encodeQueryFrame } from '../../src/wire/query-codec.ts'
import { draftQueryFact, type QueryFact } from '../../src/wire/query-fact.ts'
import { encodeSpaceRumors } from '../../src/wire/space-codec.ts'
import type { SpaceFact } from '../../src/wire/space-fact.ts'
import { entryFact } from '../helpers/space-facts.ts'

/** Lengths around those at which a varint gets another byte, with and without the envelope. */
const lengths = [0, 24, 25, 127, 128, 16_279, 16_280, 16_383, 16_384, limits.maxPayloadBytes]

const member: SignedFact = signedFact(idOf('ada'), heartbeatBody(1, 1))
const ofSpace: SpaceFact = entryFact(idOf('ada'), { value: 1 })
const body = { type: 'broadcast', generation: 1, number: 1, name: 'deploy', value: 1 } as const
const query: QueryFact = { ...draftQueryFact(idOf('ada'), body), signature: new Uint8Array(64) }

/** The bytes by which a further fact lengthens a message. */
const added = <F extends { payload: Uint8Array }>(fact: F, encode: (facts: F[]) => Uint8Array) =>
  encode([fact, fact]).length - encode([fact]).length

describe('the bytes of a fact', () => {
  it.each(lengths)('are an upper bound, by at most 4 bytes, with a payload of %d bytes', length => {
    const payload = new Uint8Array(length)
    const encoded = [
      added({ ...member, payload }, encodeRumors),
      added({ ...ofSpace, payload }, encodeSpaceRumors),
      added({ ...query, payload }, encodeQueryFrame),
    ]
    for (const bytes of encoded) {
      expect(bytes).toBeLessThanOrEqual(factBytes({ payload }))
      expect(bytes).toBeGreaterThanOrEqual(factBytes({ payload }) - 4)
    }
  })
})
