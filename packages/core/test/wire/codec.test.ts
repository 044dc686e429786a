import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import {
  decodeProbe,
  decodeRumors,
  decodeSync,
  encodeProbe,
  encodeRumors,
  encodeSync,
  syncMessage,
} from '../../src/wire/codec.ts'
import type { MemberRecord } from '../../src/wire/fact.ts'
import type { HeartbeatList } from '../../src/wire/heartbeat-list.ts'
import { decodeHello, encodeHello } from '../../src/wire/hello.ts'
import * as limits from '../../src/wire/limits.ts'
import * as messages from '../../src/wire/messages.ts'
import { recordExcess } from '../../src/wire/record-limits.ts'
import { type DecodeFailure, ok, type Result } from '../../src/wire/result.ts'
import { facts, hello, probeMessage, syncMessages } from './codec-arbitraries.ts'
import { field, join, outcome, varint } from './codec-helpers.ts'

const ada = idOf('ada')

describe('codec', () => {
  it('decodes encoded rumors to equal facts', () => {
    fc.assert(
      fc.property(facts, original => {
        expect(outcome(decodeRumors(encodeRumors(original)))).toEqual(original)
      }),
    )
  })

  it('decodes encoded probe messages to equal messages', () => {
    fc.assert(
      fc.property(probeMessage, message => {
        expect(outcome(decodeProbe(encodeProbe(message)))).toEqual(message)
      }),
      { numRuns: 500 },
    )
  })

  it('decodes encoded sync messages to equal messages', () => {
    fc.assert(
      fc.property(syncMessages, message => {
        expect(outcome(decodeSync(encodeSync(message)))).toEqual(message)
      }),
      { numRuns: 300 },
    )
  })

  it('ignores a further hello among probe messages and among sync messages', () => {
    fc.assert(
      fc.property(hello, hello => {
        const frame = encodeHello(hello)
        expect([decodeProbe(frame), decodeSync(frame)]).toEqual([ok(undefined), ok(undefined)])
      }),
    )
  })

  it('rejects a length prefix that is longer than the remaining bytes', () => {
    for (const length of [2 ** 20, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 53 - 1]) {
      const bomb = Uint8Array.from([0x0a, ...varint(length), 1, 2, 3])
      for (const decode of [decodeRumors, decodeSync, decodeProbe, decodeHello])
        expect(outcome<unknown>(decode(bomb))).toBe('malformed')
    }
  })

  it.each([
    ['a rumor', decodeRumors, 1],
    ['a sync frame', decodeSync, 8],
  ] as const)('stops reading %s at the greatest number of facts', (_, decode, number) => {
    const emptyFacts = (count: number) => join(...Array(count).fill(field(number, new Uint8Array())))
    expect(outcome<unknown>(decode(emptyFacts(limits.maxFactsPerMessage)))).toBe('invalid')
    expect(outcome<unknown>(decode(emptyFacts(limits.maxFactsPerMessage + 1)))).toBe('malformed')
  })

  it('skips fields and kinds of facts of a later version, and keeps the others', () => {
    const known = signedFact(ada, heartbeatBody(5, 3))
    const later = field(
      1,
      join(field(1, new Uint8Array(32)), field(14, Uint8Array.of(1)), field(15, new Uint8Array(64))),
    )
    const rumors = join(later, encodeRumors([known]), field(77, Uint8Array.of(1, 2, 3)))
    expect(outcome(decodeRumors(rumors))).toEqual([known])
    expect(outcome(decodeProbe(join(encodeProbe(ack), field(77, Uint8Array.of(1)))))).toEqual(ack)
    const offer = syncMessage({ offer: true })
    expect(outcome(decodeSync(join(encodeSync(offer), field(77, Uint8Array.of(1)))))).toEqual(offer)
  })

  it('keeps unknown fields of a fact bit for bit, for relaying', () => {
    const { payload, ...rest } = signedFact(ada, recordBody({ incarnation: 5 }))
    const extended = { ...rest, payload: join(payload, field(99, Uint8Array.of(4, 2))) }
    const [decoded] = [outcome(decodeRumors(encodeRumors([extended])))].flat()
    expect(decoded).toEqual(extended)
  })

  it('rejects a heartbeat with other fields: members relay it without payload, so it would not verify', () => {
    const { payload, ...rest } = signedFact(ada, heartbeatBody(5, 3))
    const extended = { ...rest, payload: join(payload, field(99, Uint8Array.of(4, 2))) }
    expect(outcome(decodeRumors(encodeRumors([extended])))).toBe('invalid')
  })

  it.each<[string, Partial<MemberRecord>, Partial<MemberRecord>]>([
    ['name', { name: 'é'.repeat(64) }, { name: `${'é'.repeat(64)}x` }],
    [
      'addresses',
      { addresses: Array(16).fill(new Uint8Array(256)) },
      { addresses: Array(17).fill(new Uint8Array(1)) },
    ],
    ['address', { addresses: [new Uint8Array(256)] }, { addresses: [new Uint8Array(257)] }],
    ['tags', { tags: tags(32) }, { tags: tags(33) }],
    ['tag key', { tags: { ['k'.repeat(64)]: '' } }, { tags: { ['k'.repeat(65)]: '' } }],
    ['tag value', { tags: { key: '😀'.repeat(64) } }, { tags: { key: `${'😀'.repeat(64)}x` } }],
    ['spaces', { spaces: spaces(256) }, { spaces: spaces(257) }],
  ])(
    'accepts a local and a received record at the limit of its %s and rejects one beyond',
    (_, within, beyond) => {
      const encode = (record: Partial<MemberRecord>) =>
        encodeRumors([signedFact(ada, recordBody({ incarnation: 5, ...record }))])
      expect(decodeRumors(encode(within)).ok).toBe(true)
      expect(decodeRumors(encode(beyond)).ok).toBe(false)
      const excess = (record: Partial<MemberRecord>) => {
        const body = recordBody({ incarnation: 5, ...record })
        return body.type === 'record' ? recordExcess(body.record) : undefined
      }
      expect(excess(within)).toBeUndefined()
      expect(excess(beyond)).toMatch(/^an? .* over \d+ bytes$|^more than \d+ /)
    },
  )

  it.each<[string, (size: number) => Result<unknown, DecodeFailure>, number]>([
    ['bytes in a rumor', size => decodeRumors(field(77, new Uint8Array(size - 5))), limits.maxRumorBytes],
    [
      'bytes in a probe frame',
      size => decodeProbe(join(encodeProbe(ack), field(77, new Uint8Array(size - 7)))),
      limits.maxFrameBytes,
    ],
    ['bytes in a sync frame', size => decodeSync(field(77, new Uint8Array(size - 5))), limits.maxFrameBytes],
    [
      'facts in a message',
      size => decodeSync(encodeSync(syncMessage({ facts: Array(size).fill(heartbeat) }))),
      limits.maxFactsPerMessage,
    ],
    [
      'rows in a digest',
      size => decodeSync(encodeSync(syncMessage({ digest: digestOf(size) }))),
      limits.maxDigestRows,
    ],
    [
      'bytes of heartbeats',
      size => decodeSync(encodeSync(syncMessage({ heartbeats: heartbeatListOf(size) }))),
      limits.maxHeartbeatListBytes,
    ],
    [
      'bytes of requested heartbeats',
      size =>
        decodeSync(
          encodeSync(syncMessage({ requestedHeartbeats: { since: 0, upTo: 1, indexes: range(size - 2) } })),
        ),
      limits.maxHeartbeatListBytes,
    ],
    ['bytes in a payload', size => decodeRumors(encodeRumors([payloadOf(size)])), limits.maxPayloadBytes],
  ])('accepts the greatest number of %s, and not one more', (_, decode, limit) => {
    expect(outcome(decode(limit))).toBeTypeOf('object')
    expect(outcome(decode(limit + 1))).toMatch(/too-large|malformed/)
  })

  it('shortens an attention lease beyond one hour to one hour', () => {
    const attention = { state: 'hidden', leaseMs: 4_000_000 } as const
    const fact = signedFact(ada, recordBody({ incarnation: 5, attention }))
    expect(outcome(decodeRumors(encodeRumors([fact])))).toMatchObject([
      { record: { attention: { leaseMs: 3_600_000 } } },
    ])
  })

  it('accepts the greatest index of 32 bit in a heartbeat list', () => {
    const heartbeats = { since: 0, upTo: 1, heartbeats: [{ index: 2 ** 32 - 1, sequence: 1 }] }
    expect(outcome(decodeSync(encodeSync(syncMessage({ heartbeats }))))).toMatchObject({ heartbeats })
  })

  it('reads an attention state of a later version as full attention', () => {
    const record = messages.MemberRecord.encode({ attention: 4, attentionLeaseMs: 5 })
    expect(outcome(decodeRumors(rumor({ record })))).toMatchObject([
      { record: { attention: { state: 'full', leaseMs: 5 } } },
    ])
  })

  it('keeps no received message in memory for the sake of a fact', () => {
    const [fact] = [outcome(decodeRumors(encodeRumors([heartbeat])))].flat()
    if (typeof fact !== 'object') throw new Error('the rumor was rejected')
    for (const part of [fact.payload, fact.signature]) expect(part.buffer.byteLength).toBe(part.length)
  })

  it('rejects a heartbeat list that ends within a number', () => {
    const frame = messages.SyncFrame.encode({ heartbeats: Uint8Array.of(0, 1, 0x80) })
    expect(outcome(decodeSync(frame))).toBe('malformed')
  })

  it.each<[string, Uint8Array]>([
    ['an author of 31 bytes', rumor({ author: new Uint8Array(31) })],
    ['a signature of 63 bytes', rumor({ signature: new Uint8Array(63) })],
    ['two payloads', rumor({ heartbeat: new Uint8Array(), suspicion: new Uint8Array() })],
    [
      'a suspicion with a subject of 3 bytes',
      rumor({
        suspicion: messages.Suspicion.encode({ subject: new Uint8Array(3), incarnation: 1, refused: false }),
      }),
    ],
    [
      'a space tag of 11 bytes',
      rumor({
        record: messages.MemberRecord.encode({ spaces: [{ space: new Uint8Array(11), generation: 1 }] }),
      }),
    ],
  ])('rejects a fact with %s', (_, bytes) => {
    expect(outcome(decodeRumors(bytes))).toBe('invalid')
  })

  it.each<[string, messages.ProbeFrame]>([
    ['no field', {}],
    ['two fields', { ping: 1, ack: 1 }],
    ['a ping request without a subject', { pingRequest: 1 }],
    ['a ping request with a subject of 16 bytes', { pingRequest: 1, subject: new Uint8Array(16) }],
  ])('rejects a probe frame with %s', (_, frame) => {
    expect(outcome(decodeProbe(messages.ProbeFrame.encode(frame)))).toBe('invalid')
  })

  it.each<[string, Partial<messages.SyncFrame>]>([
    ['a hash of 15 bytes', { tableHash: new Uint8Array(15) }],
    ['255 bucket hashes', { bucketHashes: new Uint8Array(255 * 16) }],
    ['a bitmap of 31 bytes', { digest: { buckets: new Uint8Array(31), rows: [], mutual: true } }],
    ['a prefix of 7 bytes', { digest: encodedDigest(7, 0) }],
    ['a summary of 8 bytes', { digest: encodedDigest(8, 8) }],
    [
      'a fresh heartbeat without a signature',
      { freshHeartbeats: [{ index: 1, sequence: 1, signature: new Uint8Array(0) }] },
    ],
    ['a heartbeat list without its start', { heartbeats: new Uint8Array(0) }],
    ['an index without a sequence number', { heartbeats: Uint8Array.of(0, 1, 3) }],
    ['an index beyond 32 bit', { heartbeats: Uint8Array.from([0, 1, ...varint(2 ** 32), 1]) }],
    [
      'deltas that add up to an index beyond 32 bit',
      { requestedHeartbeats: Uint8Array.from([0, 1, 0, ...varint(2 ** 32 - 1)]) },
    ],
    ['a heartbeat request without its length', { requestedHeartbeats: Uint8Array.of(0) }],
    ['a mark beyond 2^53', { heartbeats: Uint8Array.from([1, ...varint(2 ** 53 - 1)]) }],
    ['a sequence number beyond 2^53', { heartbeats: Uint8Array.from([0, 1, 0, ...varint(2 ** 53)]) }],
    [
      'a heartbeat request beyond 2^53',
      { requestedHeartbeats: Uint8Array.from([1, ...varint(2 ** 53 - 1)]) },
    ],
    ['a bitmap of 33 bytes', { digest: { buckets: new Uint8Array(33), rows: [], mutual: true } }],
    [
      'a fact of an author of 31 bytes',
      { facts: [{ author: new Uint8Array(31), signature: new Uint8Array(64) }] },
    ],
  ])('rejects a sync frame with %s', (_, frame) => {
    const bytes = messages.SyncFrame.encode({
      offer: false,
      more: false,
      freshHeartbeats: [],
      facts: [],
      ...frame,
    })
    expect(outcome(decodeSync(bytes))).toBe('invalid')
  })
})

const ack = { type: 'ack', seq: 7 } as const
const heartbeat = signedFact(ada, heartbeatBody(5, 3))

function rumor(fact: Partial<messages.SignedFact>): Uint8Array {
  return messages.Rumors.encode({
    facts: [{ author: new Uint8Array(32), signature: new Uint8Array(64), ...fact }],
  })
}

function spaces(count: number): MemberRecord['spaces'] {
  return Array.from({ length: count }, () => ({ space: '0'.repeat(24), generation: 1 }))
}

function tags(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, '']))
}

/** A list that is encoded in this number of bytes: a start, a length of one or two bytes, and pairs of one byte each. */
function heartbeatListOf(bytes: number): HeartbeatList {
  const upTo = bytes % 2 === 0 ? 1 : 128
  const indexes = range(Math.floor((bytes - 2) / 2))
  return { since: 0, upTo, heartbeats: indexes.map(index => ({ index, sequence: 1 })) }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}

function encodedDigest(prefixBytes: number, summaryBytes: number): messages.Digest {
  const idPrefix = new Uint8Array(prefixBytes)
  const suspicions = new Uint8Array(summaryBytes)
  return { rows: [{ idPrefix, incarnation: 1, version: 1, heartbeatSequence: 1, suspicions }], mutual: true }
}

function digestOf(count: number) {
  const row = { prefix: '12345678', incarnation: 1, version: 1, sequence: 1, suspicions: new Uint8Array() }
  return { buckets: undefined, mutual: true, rows: Array(count).fill(row) }
}

function payloadOf(size: number) {
  const fact = signedFact(ada, suspicionBody(idOf('grace'), 5))
  const padding = size - fact.payload.length - 5
  return { ...fact, payload: join(fact.payload, field(77, new Uint8Array(padding))) }
}
