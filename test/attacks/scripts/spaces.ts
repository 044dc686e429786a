/** Attacks on a room, a document and a shared config. */

import { encode as varint } from 'uint8-varint'
import * as Y from 'yjs'
import { clusterKeys, spaceTopic } from '../../../packages/core/src/wire/cluster-keys.ts'
import {
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../../../packages/core/src/wire/space-codec.ts'
import type { SpaceFact } from '../../../packages/core/src/wire/space-fact.ts'
import { type SpaceKind, spaceTag } from '../../../packages/core/src/wire/tags.ts'
import { configName, documentName, documentText, roomName } from '../honest-state.ts'
import { Identity } from '../identity.ts'
import { RawPeer, type Target } from '../raw-peer.ts'
import { atRate, attackingPeer, entries, parts, range, type Script, type ScriptContext } from './script.ts'

const configKeys = 1_100
const unknownAuthors = 1_134
const clientCount = 100_000
const firstClient = 2_000_000
const pieceBytes = 60_000

/** Sends space facts to all targets, directly and as a rumor. */
async function spread(
  context: ScriptContext,
  peer: RawPeer,
  kind: SpaceKind,
  facts: readonly SpaceFact[],
): Promise<void> {
  const { order, count } = context
  const space = spaceOf(peer, kind)
  const topic = spaceTopic(clusterKeys(order.credentials.cluster, order.credentials.secret), space)
  for (const target of entries(context)) {
    if (await sendStep(peer, target, { space, facts })) count('sent', facts.length)
    await peer.publish(target, topic, encodeSpaceRumors(facts))
  }
}

const spaceOf = (peer: RawPeer, kind: SpaceKind): string =>
  spaceTag(peer.tag, kind, kind === 'room' ? roomName : configName)

const sendStep = (peer: RawPeer, target: Target, step: SpaceStep): Promise<boolean> =>
  peer.send(target, 'space', encodeSpaceFrame([step]))

/** Fills the config with keys. */
export const configFlood: Script = async context => {
  const peer = await attackingPeer(context, entries(context))
  const space = spaceOf(peer, 'config')
  const facts: SpaceFact[] = []
  for (const i of range(configKeys)) {
    const entry = { key: `key ${i}`, value: i, epochMs: Date.now(), count: i, replaces: undefined }
    facts.push(await peer.identity.spaceFact(space, { type: 'entry', ...entry }))
  }
  context.begin()
  await atRate(1, async () => {
    for (const part of parts(facts, 200)) await spread(context, peer, 'config', part)
  })
}

/** Presence of 16 kB by authors that nobody knows. */
export const presenceFlood: Script = async context => {
  const peer = await attackingPeer(context, entries(context))
  const space = spaceOf(peer, 'room')
  const value = 'x'.repeat(16_000)
  context.begin()
  await atRate(
    100,
    async () => {
      const author = await Identity.create(peer.tag)
      const field = { generation: author.incarnation, version: 1, name: 'cursor', value }
      await spread(context, peer, 'room', [await author.spaceFact(space, { type: 'field', ...field })])
    },
    unknownAuthors,
  )
}

/** Deletes everything in the document, by a peer that never sent a record. */
export const documentWipe: Script = async context => {
  const { order, count, begin } = context
  const peer = await RawPeer.create(order.credentials)
  for (const target of entries(context)) count('admitted', (await peer.connect(target)) ? 1 : 0)
  const doc = new Y.Doc()
  doc.clientID = order.documentAuthor
  doc.getText('text').insert(0, documentText)
  doc.getText('text').delete(0, documentText.length)
  const update = Y.encodeStateAsUpdate(doc)
  const fact = await peer.identity.spaceFact(spaceOf(peer, 'room'), {
    type: 'update',
    document: documentName,
    update,
  })
  begin()
  await atRate(2, () => spread(context, peer, 'room', [fact]))
}

/** An update with one deleted item of each of 100,000 Yjs clients, and updates of 50 clients, 20 a second. */
export const documentClients: Script = async context => {
  const peer = await attackingPeer(context, entries(context))
  const manyClients = updateOf(firstClient, clientCount)
  let transfer = 0
  const push = async (update: Uint8Array): Promise<void> => {
    transfer += 1
    const pieces = [...parts(range(update.length), pieceBytes)].map(([from = 0]) =>
      update.subarray(from, from + pieceBytes),
    )
    for (const target of entries(context))
      for (const [index, content] of pieces.entries()) {
        const isLast = index === pieces.length - 1
        const flags = { isEndOfUpdate: isLast, isLast, isAnswer: false, isSynced: false }
        const piece = { transfer, index, content, ...flags }
        const step = { space: spaceOf(peer, 'room'), documents: [{ document: documentName, piece }] }
        if (await sendStep(peer, target, step)) context.count('pieces')
      }
  }
  context.begin()
  await Promise.all([
    atRate(0.5, () => push(manyClients), 5),
    atRate(20, round => push(updateOf(firstClient + clientCount + round * 50, 50))),
  ])
}

/** An update with one deleted item of each of these Yjs clients. */
function updateOf(firstId: number, count: number): Uint8Array {
  return Buffer.concat([
    varint(count),
    // One struct, of this client, from clock 0: deleted content of length 1. Clients in descending order, as in Yjs.
    ...range(count).map(i =>
      Buffer.concat([Buffer.from([1]), varint(firstId + count - i), Buffer.from([0, 0, 1])]),
    ),
    Buffer.from([0]),
  ])
}

/** Broadcasts of 31 kB, 119 a second. */
export const broadcastFlood: Script = async context => {
  const { order, count } = context
  const peer = await attackingPeer(context, entries(context))
  const space = spaceOf(peer, 'room')
  const topic = spaceTopic(clusterKeys(order.credentials.cluster, order.credentials.secret), space)
  const value = 'x'.repeat(31_000)
  context.begin()
  await atRate(119, async index => {
    const event = { generation: peer.identity.incarnation, number: index, value }
    const fact = await peer.identity.spaceFact(space, { type: 'event', ...event })
    for (const target of entries(context))
      if (await peer.publish(target, topic, encodeSpaceRumors([fact]))) count('sent')
  })
}
