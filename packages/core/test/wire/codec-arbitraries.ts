/** Arbitrary messages of every kind, as this version may send them. */
import type { ProbeMessage } from '@hearsay/failure-detector'
import fc from 'fast-check'
import type { Digest, SyncMessage } from '../../src/wire/codec.ts'
import { draftFact, type FactBody, type MemberRecord, type SignedFact } from '../../src/wire/fact.ts'
import type { HeartbeatList } from '../../src/wire/heartbeat-list.ts'
import type { Hello } from '../../src/wire/hello.ts'
import * as limits from '../../src/wire/limits.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'
import { spaceFromBytes } from '../../src/wire/tags.ts'

export const count: fc.Arbitrary<number> = fc.maxSafeNat()
export const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
/** Text of at most `maxBytes` bytes: a character of unit `binary` has at most four bytes. */
export const text = (maxBytes: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'binary', maxLength: Math.floor(maxBytes / 4) })

export const memberId: fc.Arbitrary<string> = bytes(32).map(key => memberIdFromKey(key) ?? '')

const record: fc.Arbitrary<MemberRecord> = fc.record({
  incarnation: count,
  version: count,
  name: text(limits.maxNameBytes),
  addresses: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: limits.maxAddresses }),
  tags: fc.dictionary(
    text(limits.maxTagKeyBytes).filter(key => key !== '__proto__'),
    text(limits.maxTagValueBytes),
    { maxKeys: limits.maxTags, noNullPrototype: true },
  ),
  spaces: fc.array(fc.record({ space: bytes(12).map(spaceFromBytes), generation: count }), { maxLength: 20 }),
  leaving: fc.boolean(),
  leftEpochMs: count,
  attention: fc.record({
    state: fc.constantFrom('full', 'hidden', 'frozen', 'asleep'),
    leaseMs: fc.nat(limits.maxAttentionLeaseMs),
  }),
  returnsWithinMs: fc.nat(limits.maxAttentionLeaseMs),
  ephemeral: fc.boolean(),
})

const body: fc.Arbitrary<FactBody> = fc.oneof(
  record.map(record => ({ type: 'record' as const, record })),
  fc.record({ type: fc.constant('heartbeat' as const), incarnation: count, sequence: count }),
  fc.record({
    type: fc.constant('suspicion' as const),
    subject: memberId,
    incarnation: count,
    refused: fc.boolean(),
    epochMs: count,
  }),
  fc.record({
    type: fc.constant('revocation' as const),
    subject: memberId,
    untilEpochMs: count,
    epochMs: count,
    grants: fc.uint8Array({ maxLength: 200 }),
  }),
  fc.record({
    type: fc.constant('keyring' as const),
    version: count,
    boxes: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: limits.maxKeyringBoxes }),
  }),
)

export const facts: fc.Arbitrary<SignedFact[]> = fc.array(
  fc
    .tuple(memberId, body, bytes(64))
    .map(([author, body, signature]) => ({ ...draftFact(author, body), signature })),
  { maxLength: 8 },
)

export const hello: fc.Arbitrary<Hello> = fc.record({ cluster: bytes(16), epochMs: count })

export const probeMessage: fc.Arbitrary<ProbeMessage> = fc.oneof(
  fc.record({ type: fc.constant('ping'), seq: count }),
  fc.record({ type: fc.constant('ping'), seq: count, suspected: count }),
  fc.record({ type: fc.constant('ack'), seq: count }),
  fc.record({ type: fc.constant('ping-request'), seq: count, subject: memberId }),
  fc.record({ type: fc.constant('nack'), seq: count }),
)

export const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined })

export const buckets: fc.Arbitrary<Set<number>> = fc
  .uniqueArray(fc.nat(255))
  .map(buckets => new Set(buckets.sort((a, b) => a - b)))

const digest: fc.Arbitrary<Digest> = fc.record({
  buckets: optional(buckets),
  mutual: fc.boolean(),
  rows: fc.array(
    fc.record({
      prefix: bytes(8).map(prefix => String.fromCharCode(...prefix)),
      incarnation: count,
      version: count,
      heartbeatSequence: count,
      suspicions: fc.oneof(bytes(0), bytes(16)),
    }),
    { maxLength: 20 },
  ),
})

const index = fc.oneof(fc.nat(40), fc.nat(0xffff_ffff))
const indexes = fc.uniqueArray(index, { maxLength: 40 }).map(indexes => indexes.sort((a, b) => a - b))

const range = fc.tuple(count, count).map(([a, b]) => ({ since: Math.min(a, b), upTo: Math.max(a, b) }))

const heartbeatList: fc.Arbitrary<HeartbeatList> = fc
  .tuple(range, indexes, fc.array(count, { minLength: 40, maxLength: 40 }))
  .map(([range, indexes, sequences]) => ({
    ...range,
    heartbeats: indexes.map((index, i) => ({ index, sequence: sequences[i] ?? 0 })),
  }))

export const syncMessages: fc.Arbitrary<SyncMessage> = fc.record({
  offer: fc.boolean(),
  tableHash: optional(bytes(16)),
  heartbeats: optional(heartbeatList),
  freshHeartbeats: fc.array(fc.record({ index, sequence: count, signature: bytes(64) }), {
    maxLength: 8,
  }),
  requestedHeartbeats: optional(fc.tuple(range, indexes).map(([range, indexes]) => ({ ...range, indexes }))),
  receivedUpTo: optional(count),
  bucketHashes: optional(bytes(4_096)),
  digest: optional(digest),
  facts,
  more: fc.boolean(),
  releasing: fc.boolean(),
  policyHash: optional(fc.oneof(bytes(0), bytes(16))),
})
