import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import * as limits from '../../src/wire/limits.ts'
import type { DecodeFailure, Result } from '../../src/wire/result.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import * as messages from '../../src/wire/space-messages.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'
import { join, outcome, field as unknownField } from './codec-helpers.ts'
import { spaceFacts, spaceSteps } from './space-arbitraries.ts'

const signature = new Uint8Array(64)
const space = '00'.repeat(12)
const event = {
  ...draftSpaceFact(idOf('ada'), { type: 'event', generation: 1, number: 1, value: 1 }),
  signature,
}
const flags = { isEndOfUpdate: false, isLast: false, isAnswer: false, isSynced: false }

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

const change = (bytes: number): SpaceFactBody => ({
  type: 'change',
  document: '',
  content: new Uint8Array(bytes),
  epochMs: 0,
  isCheckpoint: false,
  part: undefined,
  replaces: [],
})

const nested = (depth: number): SpaceFactBody & { type: 'event' } => ({
  type: 'event',
  generation: 1,
  number: 1,
  value: JSON.parse('['.repeat(depth) + ']'.repeat(depth)),
})

const part = { update: new Uint8Array(16), index: 0, count: 2 }

function changeMessage(fields: Partial<messages.DocumentChange>): Uint8Array<ArrayBuffer> {
  const whole = { content: Uint8Array.of(0, 0), checkpoint: false, replaces: new Uint8Array(), ...fields }
  return messages.DocumentChange.encode({ document: '', epochMs: 0, ...whole })
}

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
    ['content of a change', change(limits.maxChangeBytes), change(limits.maxChangeBytes + 1)],
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

  it.each<[string, (size: number) => SpaceStep[], number]>([
    ['steps in a frame', size => Array(size).fill({ space }), limits.maxSpaces],
    ['facts in a step', size => [{ space, facts: Array(size).fill(event) }], limits.maxFactsPerMessage],
    [
      'documents in a step',
      size => [{ space, documents: Array(size).fill({ document: '' }) }],
      limits.maxDocuments,
    ],
    [
      'stored ids in a step',
      size => [{ space, storedIds: { buckets: undefined, ids: new Uint8Array(8 * size), mutual: true } }],
      limits.maxStoredIds,
    ],
    [
      'bytes in the name of a document',
      size => [{ space, documents: [{ document: 'x'.repeat(size) }] }],
      limits.maxDocumentNameBytes,
    ],
    [
      'bytes in a state vector',
      size => [{ space, documents: [{ document: '', stateVector: new Uint8Array(size) }] }],
      limits.maxStateVectorBytes,
    ],
  ])('accepts the greatest number of %s, and not one more', (_, stepsOf, limit) => {
    expect(outcome(decodeSpaceFrame(encodeSpaceFrame(stepsOf(limit))))).toBeTypeOf('object')
    expect(outcome(decodeSpaceFrame(encodeSpaceFrame(stepsOf(limit + 1))))).toMatch(/too-large|malformed/)
  })

  it.each<[string, (bytes: Uint8Array) => Result<unknown, DecodeFailure>, number, (size: number) => number]>([
    ['rumor', decodeSpaceRumors, limits.maxRumorBytes, size => size - 5],
    ['frame', decodeSpaceFrame, limits.maxFrameBytes, size => size - 5],
  ])('accepts the longest %s, and not one byte more', (_, decode, limit, padding) => {
    expect(outcome(decode(unknownField(77, new Uint8Array(padding(limit)))))).toEqual([])
    expect(outcome(decode(unknownField(77, new Uint8Array(padding(limit + 1)))))).toBe('too-large')
  })

  it.each<[string, Partial<messages.SpaceStep>]>([
    ['a space tag of 11 bytes', { space: new Uint8Array(11) }],
    ['a hash of 15 bytes', { hash: new Uint8Array(15) }],
    ['255 bucket hashes', { bucketHashes: new Uint8Array(255 * 16) }],
    ['ids of 7 bytes', { storedIds: { ids: new Uint8Array(7), mutual: false } }],
    [
      'a bitmap of 31 bytes with its ids',
      { storedIds: { buckets: new Uint8Array(31), ids: new Uint8Array(8), mutual: false } },
    ],
    ['an invalid fact', { facts: [{ author: new Uint8Array(31), signature }] }],
    ...(
      [
        ['a hash of 15 bytes', { hash: new Uint8Array(15) }],
        ['a bitmap of 31 bytes', { buckets: new Uint8Array(31) }],
        ['255 bucket hashes', { bucketHashes: new Uint8Array(255 * 16) }],
        ['an epoch id of 15 bytes', { epoch: { number: 1, id: new Uint8Array(15) } }],
      ] as const
    ).map(([what, step]): [string, Partial<messages.SpaceStep>] => [
      `a document step with ${what}`,
      {
        documents: [
          { document: '', mutual: false, synced: false, carry: false, past: false, noPast: false, ...step },
        ],
      },
    ]),
  ])('rejects a frame with %s', (_, step) => {
    const frame = messages.SpaceFrame.encode({
      steps: [{ space: new Uint8Array(12), facts: [], more: false, documents: [], ...step }],
    })
    expect(outcome(decodeSpaceFrame(frame))).toBe('invalid')
  })

  it.each<[string, Partial<messages.SpaceFact>]>([
    ['a signature of 63 bytes', { signature: new Uint8Array(63) }],
    ['two payloads', { field: new Uint8Array(), event: new Uint8Array() }],
    ['a value that is not JSON', { field: messages.PresenceField.encode({ json: '{' }) }],
    ['an entry whose value is not JSON', { entry: messages.ConfigEntry.encode({ json: '{' }) }],
    ['an event without a value', { event: messages.Event.encode({ number: 1 }) }],
    ['a change without content', { change: changeMessage({ content: new Uint8Array() }) }],
    [
      'a part with an id of 15 bytes',
      { change: changeMessage({ part: { ...part, update: new Uint8Array(15) } }) },
    ],
    ['a part beyond the count', { change: changeMessage({ part: { ...part, index: 2 } }) }],
    ['one part of one', { change: changeMessage({ part: { ...part, count: 1 } }) }],
    [
      'a part of too many',
      { change: changeMessage({ part: { ...part, count: limits.maxChangeParts + 1 } }) },
    ],
    [
      'a change that is no checkpoint and replaces updates',
      { change: changeMessage({ replaces: new Uint8Array(16) }) },
    ],
    [
      'a later part of a checkpoint that replaces updates',
      {
        change: changeMessage({
          checkpoint: true,
          part: { ...part, index: 1 },
          replaces: new Uint8Array(16),
        }),
      },
    ],
    [
      'ids of replaced updates of 15 bytes',
      { change: changeMessage({ checkpoint: true, replaces: new Uint8Array(15) }) },
    ],
  ])('rejects a fact with %s', (_, fact) => {
    const rumor = messages.SpaceRumors.encode({ facts: [{ author: new Uint8Array(32), signature, ...fact }] })
    expect(outcome(decodeSpaceRumors(rumor))).toBe('invalid')
  })

  it('stops reading a rumor at the greatest number of facts', () => {
    const emptyFacts = (count: number) => join(...Array(count).fill(unknownField(1, new Uint8Array())))
    expect(outcome(decodeSpaceRumors(emptyFacts(limits.maxFactsPerMessage)))).toBe('invalid')
    expect(outcome(decodeSpaceRumors(emptyFacts(limits.maxFactsPerMessage + 1)))).toBe('malformed')
  })

  it('skips kinds of facts of a later version, and keeps the others', () => {
    const later = unknownField(
      1,
      join(
        unknownField(1, new Uint8Array(32)),
        unknownField(9, Uint8Array.of(1)),
        unknownField(15, new Uint8Array(64)),
      ),
    )
    expect(outcome(decodeSpaceRumors(join(later, encodeSpaceRumors([event]))))).toEqual([event])
  })

  it('fills in what a sender leaves out', () => {
    expect(outcome(decodeSpaceFrame(encodeSpaceFrame([{ space }])))).toEqual([
      { space, facts: [], more: false, documents: [] },
    ])
    expect(
      outcome(decodeSpaceFrame(encodeSpaceFrame([{ space, documents: [{ document: 'notes' }] }]))),
    ).toEqual([
      {
        space,
        facts: [],
        more: false,
        documents: [
          { document: 'notes', isSynced: false, mutual: false, carry: false, past: false, hasNoPast: false },
        ],
      },
    ])
  })

  it('keeps no received frame in memory for the sake of a small part of it', () => {
    const epoch = { number: 1, id: new Uint8Array(16).fill(1) }
    const piece = (content: Uint8Array) => ({
      document: '',
      epoch,
      piece: { ...flags, transfer: 1, index: 0, content },
    })
    const read = (content: Uint8Array) => {
      const frame = encodeSpaceFrame([{ space, facts: [event], documents: [piece(content)] }]).slice()
      const [step] = [outcome(decodeSpaceFrame(frame))].flat()
      if (typeof step !== 'object') throw new Error('the frame was rejected')
      const [fact] = step.facts ?? []
      const [document] = step.documents ?? []
      return [fact?.payload, fact?.signature, document?.epoch?.id, document?.piece?.content]
    }
    for (const part of read(new Uint8Array(4))) expect(part?.buffer.byteLength).toBe(part?.length)
    const large = read(new Uint8Array(10_000)).at(-1)
    expect(large?.buffer.byteLength).toBeGreaterThan(10_000)
  })
})

describe('a message of a private room', () => {
  const room = privateRoomOf('design')
  const sender = idOf('ada')
  const seals = { sender, roomOf: (each: string) => (each === room.space ? room : undefined) }

  it('is read unchanged by members of the room', () => {
    fc.assert(
      fc.property(spaceFacts, spaceSteps, (facts, steps) => {
        expect(outcome(decodeSpaceRumors(encodeSpaceRumors(facts, room), room))).toEqual(facts)
        const inRoom = steps.map(step => ({ ...step, space: room.space }))
        const plain = outcome(decodeSpaceFrame(encodeSpaceFrame(inRoom)))
        expect(outcome(decodeSpaceFrame(encodeSpaceFrame(inRoom, seals), seals))).toEqual(plain)
      }),
    )
  })

  it('leaves steps about other spaces as they are', () => {
    const steps = [
      { space, facts: [event] },
      { space: room.space, facts: [event] },
    ]
    const bytes = encodeSpaceFrame(steps, seals)
    expect(outcome(decodeSpaceFrame(bytes))).toMatchObject([
      { space, facts: [event] },
      { space: room.space, isUnopened: true },
    ])
  })

  it('cannot be opened if it is not sealed, or sealed by another sender or with another secret', () => {
    const steps = [{ space: room.space, facts: [event] }]
    const other = privateRoomOf('design', 'another secret of this room')
    const unopened = [{ space: room.space, isUnopened: true }]
    const frames = [
      encodeSpaceFrame(steps),
      encodeSpaceFrame(steps, { ...seals, sender: idOf('bob') }),
      encodeSpaceFrame(steps, { ...seals, roomOf: () => other }),
    ]
    for (const frame of frames) expect(outcome(decodeSpaceFrame(frame, seals))).toEqual(unopened)
    for (const rumor of [encodeSpaceRumors([event]), encodeSpaceRumors([event], other)])
      expect(outcome(decodeSpaceRumors(rumor, room))).toBe('unopened')
  })

  it('is malformed if a member of the room sealed something else', () => {
    const garbage = Uint8Array.of(0xff, 0xff, 0xff)
    const rumor = messages.SpaceRumors.encode({ facts: [], sealed: room.seal('rumors', garbage) })
    expect(outcome(decodeSpaceRumors(rumor, room))).toBe('malformed')
  })
})
