/** The worked example of docs/protocol.md: this code produces every byte of the example. */
import { readFileSync } from 'node:fs'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { ArrivalLog } from '../../src/anti-entropy/arrival-log.ts'
import { HeartbeatSync } from '../../src/anti-entropy/heartbeat-sync.ts'
import { offer } from '../../src/anti-entropy/sync-steps.ts'
import { prefixed } from '../../src/libp2p/frame-stream.ts'
import { nodeKeys } from '../../src/libp2p/node/keys.ts'
import { DocumentDigest } from '../../src/spaces/documents/document-digest.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import { rowHash, suspicionSummary } from '../../src/table/row-hash.ts'
import type { SuspicionFact } from '../../src/table/suspicions.ts'
import { Table } from '../../src/table/table.ts'
import { admissionAnswer, admissionRequest } from '../../src/wire/admission.ts'
import { clusterKeys, rumorTopic, spaceTopic } from '../../src/wire/cluster-keys.ts'
import {
  decodeProbe,
  decodeRumors,
  decodeSync,
  encodeProbe,
  encodeRumors,
  encodeSync,
} from '../../src/wire/codec.ts'
import { draftFact, type FactBody, type SignedFact } from '../../src/wire/fact.ts'
import { decodeHello, encodeHello } from '../../src/wire/hello.ts'
import { keyFromMemberId, memberIdFromKey } from '../../src/wire/member-id.ts'
import { PrivateRoom } from '../../src/wire/private-room.ts'
import { signedBytes } from '../../src/wire/signing.ts'
import { decodeSpaceFrame, encodeSpaceFrame } from '../../src/wire/space-codec.ts'
import { bytesOfSpace, clusterTag, spaceTag } from '../../src/wire/tags.ts'

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8')
const epochMs = 1_700_000_000_000
const tag = clusterTag('atlas')
const keys = clusterKeys('atlas')

const bytesFrom = (firstByte: number) => Uint8Array.from({ length: 32 }, (_, i) => firstByte + i)

async function memberOf(firstByte: number) {
  const seed = bytesFrom(firstByte)
  const keys = nodeKeys(await generateKeyPairFromSeed('Ed25519', seed))
  const key = (await generateKeyPairFromSeed('Ed25519', seed)).publicKey.raw
  const id = memberIdFromKey(key) ?? ''
  const sign = async (body: FactBody): Promise<SignedFact> => {
    const draft = draftFact(id, body)
    return { ...draft, signature: await keys.sign(signedBytes(tag, draft)) }
  }
  return { seed, key, id, keys, sign }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** A document of two clients: a text with two deleted letters, and a map. */
function smallDocument(): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 300
  doc.getText('text').insert(0, 'hello 👋')
  doc.getText('text').delete(1, 2)
  doc.clientID = 2 ** 32 + 7
  doc.getMap('map').set('point', { x: 1.5, y: 2, tags: ['a', null, true] })
  return doc
}

/** A label and its value, bytes as hexadecimal digits, 32 bytes per line. */
function line(label: string, value: string | Uint8Array): string {
  const text = typeof value === 'string' ? value : hex(value).replace(/.{64}(?=.)/g, `$&\n${' '.repeat(18)}`)
  return `${label.padEnd(18)}${text}`
}

it('the example of the protocol page matches byte for byte', async () => {
  const ada = await memberOf(0x00)
  const bob = await memberOf(0x20)
  const record = await ada.sign({
    type: 'record',
    record: {
      incarnation: epochMs,
      version: 2,
      name: 'ada',
      addresses: [multiaddr('/ip4/192.0.2.1/tcp/4001').bytes],
      tags: { role: 'host' },
      spaces: [],
      leaving: false,
      leftEpochMs: 0,
      attention: { state: 'full', leaseMs: 0 },
      returnsWithinMs: 0,
      ephemeral: false,
    },
  })
  const heartbeat = await ada.sign({ type: 'heartbeat', incarnation: epochMs, sequence: 3 })
  const suspicion = await bob.sign({
    type: 'suspicion',
    subject: ada.id,
    incarnation: epochMs,
    refused: true,
    epochMs: epochMs + 60_000,
  })
  const rumor = encodeRumors([record])
  const summary = suspicionSummary({ incarnation: epochMs, claims: [suspicion as SuspicionFact] })

  const table = new Table({ maxMembers: 2, maxTombstones: 2 })
  table.merge(record, epochMs)
  table.merge(heartbeat, epochMs)
  const quietHash = table.hash()
  const arrivals = new ArrivalLog(16)
  arrivals.arrived(ada.id, undefined)
  const offered = encodeSync(offer(table, new HeartbeatSync(bob.id, table, arrivals)))
  table.merge(suspicion, epochMs)
  const hello = encodeHello({ cluster: tag, epochMs })
  const ping = encodeProbe({ type: 'ping', seq: 7 })
  const request = encodeProbe({ type: 'ping-request', seq: 8, subject: ada.id })

  const room = spaceTag(tag, 'room', 'design')
  const digest = new DocumentDigest(smallDocument()).hash()
  const notes = { document: 'notes', hash: digest, isSynced: true, mutual: true }
  const notesOffered = encodeSpaceFrame([{ space: room, hash: new FactSet().hash(), documents: [notes] }])

  const secret = 'correct horse battery staple'
  const secretKeys = clusterKeys('atlas', secret)
  const ends = { initiator: ada.id, responder: bob.id }
  const session = { key: secretKeys.admission, cluster: tag, ...ends, challenge: bytesFrom(0x60) }
  const asked = admissionRequest(session, bytesFrom(0x40)) ?? new Uint8Array()

  const blocks = [
    [
      line('cluster', 'atlas'),
      line('tag', tag),
      line('admission key', keys.admission),
      line('topic key', keys.topics),
      line('discovery', keys.discovery),
      line('topic', rumorTopic(keys)),
    ],
    [
      line('ada, seed', ada.seed),
      line('ada, key', ada.key),
      line('ada, id', ada.id),
      line('bob, seed', bob.seed),
      line('bob, key', bob.key),
      line('bob, id', bob.id),
    ],
    [
      line('secret', secret),
      line('admission key', secretKeys.admission),
      line('challenge', session.challenge),
      line('request', asked),
      line('answer', admissionAnswer(session, asked, { relay: true }) ?? new Uint8Array()),
      line('topic', rumorTopic(secretKeys)),
    ],
    [
      line('payload', record.payload),
      line('signed bytes', signedBytes(tag, record)),
      line('signature', record.signature),
      line('Rumors', rumor),
      line('message id', sha256(rumor).subarray(0, 20)),
    ],
    [
      line('payload', heartbeat.payload),
      line('signed bytes', signedBytes(tag, heartbeat)),
      line('signature', heartbeat.signature),
    ],
    [
      line('payload', suspicion.payload),
      line('signed bytes', signedBytes(tag, suspicion)),
      line('signature', suspicion.signature),
      line('summary', summary),
    ],
    [line('hello', prefixed(hello)), line('ping', prefixed(ping)), line('ping request', prefixed(request))],
    [line('table hash', quietHash), line('offer', prefixed(offered)), line('… suspected', table.hash())],
    [
      line('room', 'design'),
      line('tag', bytesOfSpace(room)),
      line('topic', spaceTopic(keys, room)),
      line('empty, digest', new DocumentDigest(new Y.Doc()).hash()),
      line('notes, digest', digest),
      line('offer', prefixed(notesOffered)),
    ],
  ]
  const privateRoom = new PrivateRoom({
    cluster: tag,
    name: 'design',
    secret: Buffer.from(secret),
    random: () => 0.5,
  })
  const sealing = { sender: ada.id, roomOf: () => privateRoom }
  const sealedOffer = { space: privateRoom.space, hash: new FactSet().hash() }
  blocks.push([
    line('secret', secret),
    line('tag', bytesOfSpace(privateRoom.space)),
    line('in ada’s record', bytesOfSpace(privateRoom.tagOf(ada.id))),
    line('topic', spaceTopic(keys, privateRoom.space)),
    line('nonce', Buffer.from('00000080'.repeat(6), 'hex')),
    line('offer', prefixed(encodeSpaceFrame([sealedOffer], sealing))),
  ])
  for (const block of blocks) expect(page).toContain(`\`\`\`text\n${block.join('\n')}\n\`\`\``)

  expect(keyFromMemberId(ada.id)).toEqual(ada.key)
  const first = Number(ada.key[0])
  const buckets = Array.from({ length: 256 }, (_, bucket) =>
    truncated(bucket === first ? rowHash(ada.key, epochMs, 2, summary) : new Uint8Array()),
  )
  expect(table.hash()).toEqual(truncated(Buffer.concat(buckets)))
  for (const fact of [record, heartbeat])
    expect(await ada.keys.verify(ada.id, signedBytes(tag, fact), fact.signature)).toBe(true)
  const decoded = [decodeRumors(rumor), decodeHello(hello), decodeProbe(ping), decodeSync(offered)]
  for (const { ok } of [...decoded, decodeSpaceFrame(notesOffered)]) expect(ok).toBe(true)
})

/** The first 16 bytes of the sha256. */
function truncated(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).slice(0, 16)
}
