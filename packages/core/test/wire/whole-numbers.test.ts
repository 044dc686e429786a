/** Numbers on the wire have up to 64 bits. Decoders reject those that JavaScript cannot represent exactly. */
import { describe, expect, it } from 'vitest'
import { decodeProbe, decodeRumors, decodeSync } from '../../src/wire/codec.ts'
import * as messages from '../../src/wire/messages.ts'
import type { DecodeFailure, Result } from '../../src/wire/result.ts'
import { decodeSpaceFrame, decodeSpaceRumors } from '../../src/wire/space-codec.ts'
import * as spaceMessages from '../../src/wire/space-messages.ts'
import { outcome } from './codec-helpers.ts'

interface Message {
  readonly bytes: Uint8Array
  readonly decode: (bytes: Uint8Array) => Result<unknown, DecodeFailure>
}

const envelope = { author: new Uint8Array(32), signature: new Uint8Array(64) }

const rumor = (fact: Partial<messages.SignedFact>) => ({
  bytes: messages.Rumors.encode({ facts: [{ ...envelope, ...fact }] }),
  decode: decodeRumors,
})

const record = (fields: Partial<messages.MemberRecord>) =>
  rumor({ record: messages.MemberRecord.encode(fields) })

const sync = (fields: Partial<messages.SyncFrame>) => ({
  bytes: messages.SyncFrame.encode(fields),
  decode: decodeSync,
})

const probe = (fields: messages.ProbeFrame) => ({
  bytes: messages.ProbeFrame.encode(fields),
  decode: decodeProbe,
})

const digestRow = (fields: Partial<messages.DigestRow>) => {
  const row = { idPrefix: new Uint8Array(8), suspicions: new Uint8Array(), ...numbersOfRow, ...fields }
  return sync({ digest: { rows: [row], mutual: false } })
}
const numbersOfRow = { incarnation: 1, version: 1, heartbeatSequence: 1 }

const spaceRumor = (fact: Partial<spaceMessages.SpaceFact>) => ({
  bytes: spaceMessages.SpaceRumors.encode({ facts: [{ ...envelope, ...fact }] }),
  decode: decodeSpaceRumors,
})

const documentStep = (fields: Partial<spaceMessages.DocumentStep>) => {
  const step = { space: new Uint8Array(12), documents: [fields as spaceMessages.DocumentStep] }
  return { bytes: spaceMessages.SpaceFrame.encode({ steps: [step as never] }), decode: decodeSpaceFrame }
}

const piece = (fields: Partial<spaceMessages.Piece>) =>
  documentStep({
    piece: { transfer: 1, index: 1, content: new Uint8Array(), ...fields } as spaceMessages.Piece,
  })

const fields: Record<string, (number: number) => Message> = {
  'the incarnation of a record': incarnation => record({ incarnation }),
  'the version of a record': version => record({ version }),
  'the time when a member left': leftEpochMs => record({ leftEpochMs }),
  'the generation of a space': generation => record({ spaces: [{ space: new Uint8Array(12), generation }] }),
  'the incarnation of a heartbeat': incarnation =>
    rumor({ heartbeat: messages.Heartbeat.encode({ incarnation }) }),
  'the sequence number of a heartbeat': sequence =>
    rumor({ heartbeat: messages.Heartbeat.encode({ sequence }) }),
  'the incarnation of a suspicion': incarnation =>
    rumor({ suspicion: messages.Suspicion.encode({ subject: new Uint8Array(32), incarnation }) }),
  'the time of a suspicion': epochMs =>
    rumor({ suspicion: messages.Suspicion.encode({ subject: new Uint8Array(32), epochMs }) }),
  'a ping': ping => probe({ ping }),
  'an ack': ack => probe({ ack }),
  'a ping request': pingRequest => probe({ pingRequest, subject: new Uint8Array(32) }),
  'a nack': nack => probe({ nack }),
  'the suspected incarnation of a ping': suspected => probe({ ping: 1, suspected }),
  'the sequence number of a fresh heartbeat': sequence =>
    sync({ freshHeartbeats: [{ index: 1, sequence, signature: new Uint8Array(64) }] }),
  received_up_to: receivedUpTo => sync({ receivedUpTo }),
  'the incarnation in a digest': incarnation => digestRow({ incarnation }),
  'the version in a digest': version => digestRow({ version }),
  'the sequence number in a digest': heartbeatSequence => digestRow({ heartbeatSequence }),
  'the generation of a field': generation =>
    spaceRumor({ field: spaceMessages.PresenceField.encode({ generation }) }),
  'the version of a field': version => spaceRumor({ field: spaceMessages.PresenceField.encode({ version }) }),
  'the time of an entry': epochMs => spaceRumor({ entry: spaceMessages.ConfigEntry.encode({ epochMs }) }),
  'the time of a replaced entry': epochMs =>
    spaceRumor({
      entry: spaceMessages.ConfigEntry.encode({ replaces: { id: new Uint8Array(8), epochMs, count: 0 } }),
    }),
  'the epoch of an update': number =>
    spaceRumor({
      update: spaceMessages.DocumentUpdate.encode({ epoch: { number, id: new Uint8Array() } }),
    }),
  'the generation of an event': generation =>
    spaceRumor({ event: spaceMessages.Event.encode({ generation, json: '1' }) }),
  'the number of an event': number =>
    spaceRumor({ event: spaceMessages.Event.encode({ number, json: '1' }) }),
  'the transfer of a piece': transfer => piece({ transfer }),
  'the index of a piece': index => piece({ index }),
  'the transfer of an acknowledgement': transfer => documentStep({ ack: { transfer, count: 1 } }),
  'the count of an acknowledgement': count => documentStep({ ack: { transfer: 1, count } }),
}

const greatest = Number.MAX_SAFE_INTEGER

/** The bytes with 2⁵³ in place of `greatest`: the encoder refuses to write it. Both varints have eight bytes. */
function oneMore(bytes: Uint8Array): Uint8Array {
  const digits = Buffer.from(bytes).toString('hex')
  return Uint8Array.from(Buffer.from(digits.replace('ffffffffffffff0f', '8080808080808010'), 'hex'))
}

describe('a number on the wire', () => {
  it.each(Object.entries(fields))('is at most 2⁵³ − 1: %s', (_, messageOf) => {
    const { bytes, decode } = messageOf(greatest)
    expect(outcome(decode(bytes))).toBeTypeOf('object')
    expect(outcome(decode(oneMore(bytes)))).toMatch(/malformed|invalid/)
  })
})
