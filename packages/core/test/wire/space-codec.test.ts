import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
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
import { mulberry32 } from '../helpers/mulberry32.ts'
import { idOf } from '../helpers/signed-fact.ts'
import { spaceFacts, spaceSteps } from './space-arbitraries.ts'

vi.setConfig({ testTimeout: 120_000 })

const signature = new Uint8Array(64)

/** What came out, or the kind of failure. */
function outcome<T>(result: Result<T, DecodeFailure>): T | DecodeFailure['type'] {
  return result.ok ? result.value : result.failure.type
}

/** Whether a fact of this body is taken. */
function takes(body: SpaceFactBody): boolean {
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

/** JSON of so many bytes. */
const sized = (bytes: number): string => 'x'.repeat(bytes - 2)

const nested = (depth: number): SpaceFactBody & { type: 'event' } => ({
  type: 'event',
  generation: 1,
  number: 1,
  value: JSON.parse('['.repeat(depth) + ']'.repeat(depth)),
})

describe('codec of spaces', () => {
  it('reads rumors as they were written', () => {
    fc.assert(
      fc.property(spaceFacts, said => {
        expect(outcome(decodeSpaceRumors(encodeSpaceRumors(said)))).toEqual(said)
      }),
    )
  })

  it('reads frames as they were written', () => {
    fc.assert(
      fc.property(spaceSteps, steps => {
        expect(outcome(decodeSpaceFrame(encodeSpaceFrame(steps)))).toEqual(steps)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, whatever 50,000 mutated inputs are', () => {
    const seed = 20_261_123
    const random = mulberry32(seed)
    const originals = [
      ...fc.sample(spaceFacts, { seed, numRuns: 40 }).map(encodeSpaceRumors),
      ...fc.sample(spaceSteps, { seed, numRuns: 40 }).map(encodeSpaceFrame),
    ].filter(({ length }) => length > 0)
    let understood = 0
    for (let run = 0; run < 25_000; run++) {
      const bytes = originals[Math.floor(random() * originals.length)]?.slice() ?? new Uint8Array()
      for (let flips = Math.floor(random() * 4); flips >= 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes
      for (const result of [decodeSpaceRumors(cut), decodeSpaceFrame(cut)]) if (result.ok) understood += 1
    }
    expect(understood).toBeGreaterThan(1_000)
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
      'id of what it replaces',
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
  ])('takes a fact at the limit of its %s and refuses one beyond', (_, within, beyond) => {
    expect(takes(within)).toBe(true)
    expect(takes(beyond)).toBe(false)
  })

  it('refuses a message that claims to be a gigabyte, without making room for it', () => {
    // Field 1, and a length of 2³⁰.
    const claim = Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x04)
    expect(outcome(decodeSpaceRumors(claim))).toBe('malformed')
    expect(outcome(decodeSpaceFrame(claim))).toBe('malformed')
  })

  it.each([
    ['buckets', { buckets: new Uint8Array(31) }],
    ['digests of buckets', { bucketHashes: new Uint8Array(4_095) }],
  ])('refuses %s of another length', (_, step) => {
    const documents = [
      { document: '', mutual: false, synced: false, carry: false, past: false, noPast: false, ...step },
    ]
    const frame = messages.SpaceFrame.encode({
      steps: [{ space: new Uint8Array(12), facts: [], more: false, documents }],
    })
    expect(outcome(decodeSpaceFrame(frame))).toBe('invalid')
  })
})
