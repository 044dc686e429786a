/** The encoding of one message of each kind, byte for byte: members of different versions exchange these bytes. */
import type { ProbeMessage } from '@hearsay/failure-detector'
import { describe, expect, it } from 'vitest'
import {
  decodeProbe,
  decodeRumors,
  decodeSync,
  encodeProbe,
  encodeRumors,
  encodeSync,
  type SyncMessage,
  syncMessage,
} from '../../src/wire/codec.ts'
import type { DocumentStep } from '../../src/wire/document-step.ts'
import { draftFact, type FactBody } from '../../src/wire/fact.ts'
import { decodeHello, encodeHello } from '../../src/wire/hello.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte)
const repeated = (length: number, byte: string) => byte.repeat(length)
const author = memberIdFromKey(filled(32, 0xaa)) ?? ''
const subject = memberIdFromKey(filled(32, 0xbb)) ?? ''
const signature = filled(64, 0x5c)
const space = repeated(12, 'b0')
const hash = filled(16, 0xee)
const bucketHashes = filled(4_096, 0xdd)
const buckets = new Set([0, 9, 255])
const epochMs = 1_700_000_000_000

/** The parts that many messages contain, in hexadecimal digits. */
const hex = {
  author: `0a20${repeated(32, 'aa')}`,
  signature: `7a40${repeated(64, '5c')}`,
  /** 1,700,000,000,000 as a varint. */
  epochMs: '80d095ffbc31',
  buckets: `20${'0102'}${repeated(29, '00')}80`,
  bucketHashes: `8020${repeated(4_096, 'dd')}`,
  hash: `10${repeated(16, 'ee')}`,
  space: `0a0c${space}`,
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

describe('the bytes of rumors', () => {
  it.each<[string, FactBody, string, string]>([
    [
      'a record',
      {
        type: 'record',
        record: {
          incarnation: 300,
          version: 2,
          name: 'Ada é',
          addresses: [Uint8Array.of(4, 127, 0, 0, 1)],
          tags: { role: 'host' },
          spaces: [{ space, generation: 7 }],
          leaving: true,
          leftEpochMs: epochMs,
          attention: { state: 'frozen', leaseMs: 60_000 },
          returnsWithinMs: 5_000,
          ephemeral: false,
        },
      },
      '0aac01',
      `124608ac0210021a0641646120c3a92205047f0000012a0c0a04726f6c651204686f73743210${hex.space}10073801400248e0d40350${hex.epochMs}688827`,
    ],
    ['a heartbeat', { type: 'heartbeat', incarnation: 5, sequence: 300 }, '0a6b', '1a05080510ac02'],
    [
      'a suspicion',
      { type: 'suspicion', subject, incarnation: 5, refused: true, epochMs },
      '0a9301',
      `222d0a20${repeated(32, 'bb')}1005180120${hex.epochMs}`,
    ],
  ])('%s', (_, body, start, payload) => {
    const facts = [{ ...draftFact(author, body), signature }]
    const bytes = bytesOf(start + hex.author + payload + hex.signature)
    expect(encodeRumors(facts)).toEqual(bytes)
    expect(decodeRumors(bytes)).toEqual({ ok: true, value: facts })
  })

  it.each<[string, SpaceFactBody, string, string]>([
    [
      'a presence field',
      { type: 'field', generation: 1, version: 300, name: 'cursor', value: { x: 1 } },
      '0a7c',
      '1216080110ac021a06637572736f7222077b2278223a317d',
    ],
    [
      'a removed presence field',
      { type: 'field', generation: 1, version: 300, name: 'cursor', value: undefined },
      '0a73',
      '120d080110ac021a06637572736f72',
    ],
    [
      'a config entry',
      {
        type: 'entry',
        key: 'color',
        value: 'red',
        epochMs,
        count: 3,
        replaces: { id: filled(8, 0xcd), epochMs: 5, count: 1 },
      },
      '0a8d01',
      `1a270a05636f6c6f721205227265642218${hex.epochMs}20032a0e0a08${repeated(8, 'cd')}10051801`,
    ],
    [
      'a document update',
      {
        type: 'update',
        document: 'notes',
        update: new Uint8Array(2),
        epoch: { number: 2, id: filled(16, 0xef) },
      },
      '0a8701',
      `22210a056e6f746573120200001a1408021210${repeated(16, 'ef')}`,
    ],
    [
      'an event',
      { type: 'event', generation: 1, number: 2, value: [null] },
      '0a72',
      '2a0c080110021a065b6e756c6c5d',
    ],
    [
      'a change of a document with writers',
      {
        type: 'change',
        document: 'notes',
        content: Uint8Array.of(0, 0),
        epochMs,
        isCheckpoint: true,
        part: { update: repeated(16, 'ef'), index: 0, count: 2 },
        replaces: [repeated(16, 'ab')],
      },
      '0aa201',
      `323c0a056e6f7465731202000018${hex.epochMs}20012a140a10${repeated(16, 'ef')}18023210${repeated(16, 'ab')}`,
    ],
  ])('%s', (_, body, start, payload) => {
    const facts = [{ ...draftSpaceFact(author, body), signature }]
    const bytes = bytesOf(start + hex.author + payload + hex.signature)
    expect(encodeSpaceRumors(facts)).toEqual(bytes)
    expect(decodeSpaceRumors(bytes)).toEqual({ ok: true, value: facts })
  })
})

describe('the bytes of frames', () => {
  it('a hello', () => {
    const hello = { cluster: filled(16, 0xcc), epochMs }
    const bytes = bytesOf(`0a190a10${repeated(16, 'cc')}10${hex.epochMs}`)
    expect(encodeHello(hello)).toEqual(bytes)
    expect(decodeHello(bytes)).toEqual({ ok: true, value: hello })
  })

  it.each<[string, ProbeMessage, string]>([
    ['a ping', { type: 'ping', seq: 7 }, '1007'],
    ['a ping of a suspected member', { type: 'ping', seq: 7, suspected: 300 }, '100738ac02'],
    ['an ack', { type: 'ack', seq: 300 }, '18ac02'],
    ['a ping request', { type: 'ping-request', seq: 8, subject }, `20083220${repeated(32, 'bb')}`],
    ['a nack', { type: 'nack', seq: 0 }, '2800'],
  ])('%s', (_, message, digits) => {
    expect(encodeProbe(message)).toEqual(bytesOf(digits))
    expect(decodeProbe(bytesOf(digits))).toEqual({ ok: true, value: message })
  })

  it.each<[string, Partial<SyncMessage>, string]>([
    ['an empty sync message', {}, ''],
    [
      'an offer',
      {
        offer: true,
        tableHash: hash,
        receivedUpTo: 0,
        heartbeats: {
          since: 3,
          upTo: 300,
          heartbeats: [
            { index: 0, sequence: 9 },
            { index: 2, sequence: 300 },
          ],
        },
      },
      `10011a${hex.hash}220803a902000901ac025000`,
    ],
    [
      'fresh heartbeats and a request of others',
      {
        freshHeartbeats: [{ index: 2, sequence: 300, signature }],
        requestedHeartbeats: { since: 1, upTo: 2, indexes: [1, 5] },
        releasing: true,
      },
      `2a47080210ac021a40${repeated(64, '5c')}5a04010101036001`,
    ],
    ['bucket hashes', { bucketHashes }, `32${hex.bucketHashes}`],
    [
      'a digest',
      {
        digest: {
          buckets,
          mutual: true,
          rows: [
            {
              prefix: 'ABCDEFG\xff',
              incarnation: 5,
              version: 2,
              heartbeatSequence: 300,
              suspicions: filled(16, 0xab),
            },
          ],
        },
      },
      `3a490a${hex.buckets}12230a0841424344454647ff1005180220ac022a10${repeated(16, 'ab')}1801`,
    ],
    [
      'a delta',
      {
        facts: [{ ...draftFact(author, { type: 'heartbeat', incarnation: 5, sequence: 300 }), signature }],
        more: true,
      },
      `426b${hex.author}1a05080510ac02${hex.signature}4801`,
    ],
  ])('%s', (_, fields, digits) => {
    const message = syncMessage(fields)
    expect(encodeSync(message)).toEqual(bytesOf(digits))
    expect(decodeSync(bytesOf(digits))).toEqual({ ok: true, value: message })
  })

  const event = draftSpaceFact(author, { type: 'event', generation: 1, number: 2, value: 3 })
  it.each<[string, Partial<SpaceStep>, string, string]>([
    [
      'the offer of a space',
      { hash, more: true, facts: [{ ...event, signature }] },
      '129101',
      `12${hex.hash}2a6d${hex.author}2a07080110021a0133${hex.signature}3001`,
    ],
    ['the bucket hashes of a space', { bucketHashes }, '129120', `1a${hex.bucketHashes}`],
    [
      'the ids of stored facts',
      { storedIds: { buckets, ids: bytesOf('0123456789abcdef'), mutual: true } },
      '123e',
      `222e0a${hex.buckets}12080123456789abcdef1801`,
    ],
  ])('%s', (_, fields, start, digits) => {
    const step = { space, facts: [], documents: [], more: false, ...fields }
    const bytes = bytesOf(start + hex.space + digits)
    expect(encodeSpaceFrame([step])).toEqual(bytes)
    expect(decodeSpaceFrame(bytes)).toEqual({ ok: true, value: [step] })
  })

  it.each<[string, Partial<DocumentStep>, string, string]>([
    [
      'the offer of a document',
      { hash, isSynced: true, mutual: true, carry: true, epoch: { number: 0, id: new Uint8Array(16) } },
      '1231',
      `3a210a056e6f74657312${hex.hash}2001380150015a00`,
    ],
    [
      'the request of a document',
      { stateVector: Uint8Array.of(1, 2, 3), buckets, past: true },
      '1240',
      `3a300a056e6f7465731a030102032a${hex.buckets}6001`,
    ],
    [
      'the bucket hashes of a document',
      { bucketHashes, hasNoPast: true },
      '129d20',
      `3a8c200a056e6f74657332${hex.bucketHashes}6801`,
    ],
    [
      'a piece of a document',
      {
        piece: {
          transfer: 300,
          index: 1,
          content: Uint8Array.of(9),
          isEndOfUpdate: true,
          isLast: true,
          isAnswer: true,
          isSynced: true,
        },
      },
      '1229',
      '3a190a056e6f746573421008ac0210011a01092001280130013801',
    ],
    [
      'the acknowledgement of pieces',
      { ack: { transfer: 300, count: 2 } },
      '121e',
      '3a0e0a056e6f7465734a0508ac021002',
    ],
  ])('%s', (_, fields, start, digits) => {
    const step = { document: 'notes', ...fields }
    const bytes = bytesOf(start + hex.space + digits)
    expect(encodeSpaceFrame([{ space, documents: [step] }])).toEqual(bytes)
    expect(decodeSpaceFrame(bytes)).toMatchObject({ ok: true, value: [{ space, documents: [step] }] })
  })
})
