/**
 * Attack on a document with writers, by a member that is not a writer: it deletes everything, and adds text, in every way in
 * which an update can travel.
 */
import * as Y from 'yjs'
import { changesOf } from '../../../packages/core/src/signed-documents/change-parts.ts'
import { clusterKeys, spaceTopic } from '../../../packages/core/src/wire/cluster-keys.ts'
import {
  decodeSpaceFrame,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../../packages/core/src/wire/space-codec.ts'
import type { ChangeFact, SpaceFact, SpaceFactBody } from '../../../packages/core/src/wire/space-fact.ts'
import { type SpaceKind, spaceTag } from '../../../packages/core/src/wire/tags.ts'
import { documentName, signedRoomName } from '../honest-state.ts'
import { RawPeer } from '../raw-peer.ts'
import { atRate, entries, type Script } from './script.ts'

export const readerUpdates: Script = async context => {
  const { order, count, begin } = context
  const recorded: ChangeFact[] = []
  const peer = await RawPeer.create(order.credentials, {
    onFrame: (_, route, frame) => {
      const steps = route === 'space' ? decodeSpaceFrame(frame) : undefined
      if (!steps?.ok) return
      for (const fact of steps.value.flatMap(step => step.facts ?? []))
        if (fact.type === 'change') recorded.push(fact)
    },
  })
  for (const target of entries(context)) count('admitted', (await peer.join(target)) ? 1 : 0)
  const spaces = (['documents', 'room'] as const).map((kind: SpaceKind) =>
    spaceTag(peer.tag, kind, signedRoomName),
  )
  const [documents = ''] = spaces
  // A member of the room gets the signed changes of the writer, with which the reader forges its own.
  for (const target of entries(context))
    await peer.send(
      target,
      'space',
      encodeSpaceFrame([
        { space: documents, storedIds: { buckets: undefined, ids: new Uint8Array(), mutual: true } },
      ]),
    )
  begin()
  await atRate(1, async round => {
    count('recorded', recorded.length > 0 && round === 0 ? recorded.length : 0)
    for (const space of spaces) {
      const facts = await forgedFacts(peer, space, recorded, order.targets[0]?.id ?? '')
      for (const target of entries(context)) {
        for (const fact of facts) {
          if (await peer.send(target, 'space', encodeSpaceFrame([{ space, facts: [fact] }]))) count('sent')
          const topic = spaceTopic(clusterKeys(order.credentials.cluster, order.credentials.secret), space)
          await peer.publish(target, topic, encodeSpaceRumors([fact]))
        }
        await push(peer, target, space, round, wipeOf(recorded))
      }
    }
  })
}

/** Deletes everything that was recorded, and adds text. */
function wipeOf(recorded: readonly ChangeFact[]): Uint8Array {
  const doc = new Y.Doc()
  for (const { content, part } of recorded) if (!part) Y.applyUpdate(doc, content)
  const text = doc.getText('text')
  text.delete(0, text.length)
  text.insert(0, 'written by a reader')
  return Y.encodeStateAsUpdate(doc)
}

async function forgedFacts(
  peer: RawPeer,
  space: string,
  recorded: readonly ChangeFact[],
  writer: string,
): Promise<SpaceFact[]> {
  const update = wipeOf(recorded)
  const long = new Y.Doc()
  long.getText('text').insert(0, 'written by a reader'.repeat(5_000))
  const change = { document: documentName, epochMs: Date.now(), isCheckpoint: false, replaces: [] }
  const bodies: SpaceFactBody[] = [
    ...changesOf(update, change),
    ...changesOf(update, { ...change, isCheckpoint: true }),
    ...changesOf(update, { ...change, epochMs: 1 }),
    ...changesOf(Y.encodeStateAsUpdate(long), { ...change, isCheckpoint: true }),
    { type: 'update', document: documentName, update },
    { type: 'entry', key: documentName, value: 1, epochMs: Date.now(), count: 0, replaces: undefined },
  ]
  const own = await Promise.all(bodies.map(body => peer.identity.spaceFact(space, body)))
  // Signed by the reader, in the name of the writer.
  const inWritersName = own.map(fact => ({ ...fact, author: writer }))
  // The writer's signatures, with other content, in another space, for another document, and as a checkpoint.
  const altered = recorded.flatMap(fact => {
    const other = own[0]
    return other
      ? [
          fact,
          { ...fact, payload: other.payload },
          { ...other, author: fact.author, signature: fact.signature },
        ]
      : []
  })
  return [...own, ...inWritersName, ...altered]
}

/** Sends the update by the exchange of documents without writers. */
async function push(
  peer: RawPeer,
  target: Parameters<RawPeer['send']>[0],
  space: string,
  transfer: number,
  content: Uint8Array,
): Promise<void> {
  const flags = { isEndOfUpdate: true, isLast: true, isAnswer: true, isSynced: true }
  const piece = { transfer, index: 0, content, ...flags }
  const steps = [
    { document: documentName, piece },
    { document: documentName, hash: new Uint8Array(16), isSynced: true, mutual: true },
    { document: documentName, carry: true },
  ]
  for (const step of steps) await peer.send(target, 'space', encodeSpaceFrame([{ space, documents: [step] }]))
}
