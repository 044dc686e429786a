/** Arbitrary facts and steps of spaces, of every kind, as this version may send them. */
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import type { DocumentStep } from '../../src/wire/document-step.ts'
import type { Json } from '../../src/wire/json.ts'
import * as limits from '../../src/wire/limits.ts'
import type { SpaceStep } from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import { spaceFromBytes } from '../../src/wire/tags.ts'
import { buckets, bytes, count, memberId, optional, text } from './codec-arbitraries.ts'

const value = fc
  .jsonValue({ maxDepth: 3 })
  // JSON cannot represent −0.
  .map(value => JSON.parse(JSON.stringify(value)) as Json)

const hexId = bytes(16).map(spaceFromBytes)

const epoch = fc.record({ number: count, id: bytes(16) })

const body: fc.Arbitrary<SpaceFactBody> = fc.oneof(
  fc.record({
    type: fc.constant('field' as const),
    generation: count,
    version: count,
    name: text(limits.maxFieldNameBytes),
    value: optional(value),
  }),
  fc.record({
    type: fc.constant('entry' as const),
    key: text(limits.maxConfigKeyBytes),
    value: optional(value),
    epochMs: count,
    count: fc.nat(0xffff_ffff),
    replaces: optional(fc.record({ id: bytes(8), epochMs: count, count: fc.nat(0xffff_ffff) })),
    grants: optional(fc.uint8Array({ maxLength: 40 })),
  }),
  fc.record({
    type: fc.constant('update' as const),
    document: text(limits.maxDocumentNameBytes),
    update: fc.uint8Array({ maxLength: 60 }),
    epoch: optional(epoch),
  }),
  fc.record({ type: fc.constant('event' as const), generation: count, number: count, value }),
  fc
    .record({
      type: fc.constant('change' as const),
      document: text(limits.maxDocumentNameBytes),
      content: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      epochMs: count,
      isCheckpoint: fc.boolean(),
      part: optional(
        fc
          .record({ update: hexId, count: fc.integer({ min: 2, max: limits.maxChangeParts }), at: fc.nat() })
          .map(({ at, ...part }) => ({ ...part, index: at % part.count })),
      ),
      replaces: fc.array(hexId, { maxLength: 3 }),
      grants: optional(fc.uint8Array({ maxLength: 40 })),
    })
    .map(change => {
      const isFirst = change.isCheckpoint && (change.part?.index ?? 0) === 0
      return { ...change, replaces: isFirst ? change.replaces : [] }
    }),
)

export const spaceFacts: fc.Arbitrary<SpaceFact[]> = fc.array(
  fc
    .tuple(memberId, body, bytes(64))
    .map(([author, body, signature]) => ({ ...draftSpaceFact(author, body), signature })),
  { maxLength: 6 },
)

const documentStep: fc.Arbitrary<DocumentStep> = fc.record({
  document: text(limits.maxDocumentNameBytes),
  hash: optional(bytes(16)),
  stateVector: optional(fc.uint8Array({ maxLength: 40 })),
  isSynced: fc.boolean(),
  mutual: fc.boolean(),
  buckets: optional(buckets),
  bucketHashes: optional(bytes(4_096)),
  piece: optional(
    fc.record({
      transfer: count,
      index: count,
      content: fc.uint8Array({ maxLength: 60 }),
      isEndOfUpdate: fc.boolean(),
      isLast: fc.boolean(),
      isAnswer: fc.boolean(),
      isSynced: fc.boolean(),
    }),
  ),
  ack: optional(fc.record({ transfer: count, count })),
  carry: fc.boolean(),
  epoch: optional(epoch),
  past: fc.boolean(),
  hasNoPast: fc.boolean(),
})

export const spaceSteps: fc.Arbitrary<SpaceStep[]> = fc.array(
  fc.record({
    space: bytes(12).map(spaceFromBytes),
    hash: optional(bytes(16)),
    bucketHashes: optional(bytes(4_096)),
    storedIds: optional(
      fc.record({
        buckets: optional(buckets),
        ids: fc.array(bytes(8), { maxLength: 20 }).map(ids => concat(ids)),
        mutual: fc.boolean(),
      }),
    ),
    facts: spaceFacts,
    more: fc.boolean(),
    documents: fc.array(documentStep, { maxLength: 4 }),
  }),
  { maxLength: 4 },
)
