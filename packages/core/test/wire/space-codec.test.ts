import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { limits } from '../../src/wire/limits.ts'
import type { DecodeFailure, Result } from '../../src/wire/result.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import * as messages from '../../src/wire/space-messages.ts'
import { spaceFacts, spaceSteps } from './space-arbitraries.ts'

vi.setConfig({ testTimeout: 120_000 })

const signature = new Uint8Array(64)

/** The decoded value, or the type of the failure. */
function outcome<T>(result: Result<T, DecodeFailure>): T | DecodeFailure['type'] {
  return result.ok ? result.value : result.failure.type
}

/** Whether the codec accepts a fact with this body. */
function accepts(body: SpaceFactBody): boolean {
  return decodeSpaceRumors(encodeSpaceRumors([{ ...draftSpaceFact(idOf('ada'), body), signature }])).ok
}

const field = (change: Partial<SpaceFactBody & { type: 'field' }>): SpaceFactBody => ({
  type: 'field',
  generation: 1,
  version: 1,
  name: 'cursor',
  value: 1,
  ...change,
})

const entry = (change: Partial<SpaceFactBody & { type: 'entry' }>): SpaceFactBody => ({
  type: 'entry',
  key: 'color',
  value: 1,
  epochMs: 1,
  count: 0,
  replaces: undefined,
  ...change,
})

/** A value whose JSON has this number of bytes. */
const sized = (bytes: number): string => 'x'.repeat(bytes - 2)

const nested = (depth: number): SpaceFactBody & { type: 'event' } => ({
  type: 'event',
  generation: 1,
  number: 1,
  value: JSON.parse('['.repeat(depth) + ']'.repeat(depth)),
})

describe('space codec', () => {
  it('decodes encoded rumors to equal facts', () => {
    fc.assert(
      fc.property(spaceFacts, original => {
        expect(outcome(decodeSpaceRumors(encodeSpaceRumors(original)))).toEqual(original)
      }),
    )
  })

  it('decodes encoded frames to equal steps', () => {
    fc.assert(
      fc.property(spaceSteps, steps => {
        expect(outcome(decodeSpaceFrame(encodeSpaceFrame(steps)))).toEqual(steps)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws for 50,000 mutated inputs', () => {
    const seed = 20_261_123
    const random = mulberry32(seed)
    const originals = [
      ...fc.sample(spaceFacts, { seed, numRuns: 40 }).map(encodeSpaceRumors),
      ...fc.sample(spaceSteps, { seed, numRuns: 40 }).map(encodeSpaceFrame),
    ].filter(({ length }) => length > 0)
    let accepted = 0
    for (let run = 0; run < 25_000; run++) {
      const bytes = originals[Math.floor(random() * originals.length)]?.slice() ?? new Uint8Array()
      for (let flips = Math.floor(random() * 4); flips >= 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes
      for (const result of [decodeSpaceRumors(cut), decodeSpaceFrame(cut)]) if (result.ok) accepted += 1
    }
    expect(accepted).toBeGreaterThan(1_000)
  })

  it.each<[string, SpaceFactBody, SpaceFactBody]>([
    [
      'field name',
      field({ name: 'x'.repeat(limits.maxFieldNameBytes) }),
      field({ name: 'x'.repeat(limits.maxFieldNameBytes + 1) }),
    ],
    [
      'field',
      field({ value: sized(limits.maxPresenceBytes) }),
      field({ value: sized(limits.maxPresenceBytes + 1) }),
    ],
    ['key', entry({ key: 'é'.repeat(128) }), entry({ key: `${'é'.repeat(128)}x` })],
    [
      'value',
      entry({ value: sized(limits.maxConfigValueBytes) }),
      entry({ value: sized(limits.maxConfigValueBytes + 1) }),
    ],
    [
      'id of the replaced entry',
      entry({ replaces: { id: new Uint8Array(8), epochMs: 1, count: 0 } }),
      entry({ replaces: { id: new Uint8Array(9), epochMs: 1, count: 0 } }),
    ],
    ['depth', nested(100), nested(102)],
    [
      'document name',
      { type: 'update', document: 'x'.repeat(128), update: new Uint8Array() },
      { type: 'update', document: 'x'.repeat(129), update: new Uint8Array() },
    ],
    [
      'payload',
      { type: 'update', document: '', update: new Uint8Array(32_760) },
      { type: 'update', document: '', update: new Uint8Array(32_768) },
    ],
  ])('accepts a fact at the limit of its %s and rejects one beyond', (_, within, beyond) => {
    expect(accepts(within)).toBe(true)
    expect(accepts(beyond)).toBe(false)
  })

  it('rejects a message that claims a length of 1 GiB, without allocating memory for it', () => {
    // Field 1 with a length of 2³⁰ bytes.
    const claim = Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x04)
    expect(outcome(decodeSpaceRumors(claim))).toBe('malformed')
    expect(outcome(decodeSpaceFrame(claim))).toBe('malformed')
  })

  it.each([
    ['a bucket bitmap', { buckets: new Uint8Array(31) }],
    ['bucket hashes', { bucketHashes: new Uint8Array(4_095) }],
  ])('rejects %s of a wrong length', (_, step) => {
    const documents = [
      { document: '', mutual: false, synced: false, carry: false, past: false, noPast: false, ...step },
    ]
    const frame = messages.SpaceFrame.encode({
      steps: [{ space: new Uint8Array(12), facts: [], more: false, documents }],
    })
    expect(outcome(decodeSpaceFrame(frame))).toBe('invalid')
  })
})
