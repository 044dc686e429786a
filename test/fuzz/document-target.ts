/**
 * Document target: updates of a Yjs document. Whatever arrives, every change is announced to the writer, the digest is
 * that of the document, others can read the document, and an exchange with a copy ends.
 */
import fc from 'fast-check'
import * as Y from 'yjs'
import { encodeWithoutPending, isComplete } from '../../packages/core/src/spaces/documents/apply-update.ts'
import { DocumentDigest, isCollision } from '../../packages/core/src/spaces/documents/document-digest.ts'
import { DocumentSync } from '../../packages/core/src/spaces/documents/document-sync.ts'
import { isUpdate } from '../../packages/core/src/spaces/documents/readable-updates.ts'
import { updateChunks } from '../../packages/core/src/spaces/documents/update-chunks.ts'
import { equalBytes } from '../../packages/core/src/wire/hashes.ts'
import { sequenceTarget } from './decoder-target.ts'
import type { Target } from './target.ts'
import { randomUpdates, writtenUpdates } from './yjs-updates.ts'

const updates = fc.oneof(
  writtenUpdates(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
  // Several authors under one client id.
  writtenUpdates(fc.integer({ min: 1, max: 3 })),
  { weight: 2, arbitrary: randomUpdates },
)

export const documentTarget: Target = sequenceTarget({
  name: 'document-updates',
  arbitrary: updates,
  format: 'other',
  runs: 500,
  maxLength: 8,
  check: updates => {
    const replica = new FuzzedReplica()
    for (const update of updates) replica.receive(Uint8Array.from(update))
    exchange(replica)
  },
})

class FuzzedReplica {
  readonly doc: Y.Doc = new Y.Doc({ guid: '' })
  readonly sync: DocumentSync
  #announced = 0

  constructor() {
    const applied = () => {
      this.#announced += 1
    }
    this.sync = new DocumentSync({ name: '', doc: this.doc, origin: 'remote', applied })
  }

  receive(update: Uint8Array): void {
    const [before, announced] = [this.sync.hash(), this.#announced]
    this.sync.apply(update)
    const after = this.sync.hash()
    if (!equalBytes(before, after) && this.#announced === announced)
      throw new Error('a change was not announced, so it would not be stored')
    if (!equalBytes(new DocumentDigest(this.doc).hash(), after))
      throw new Error('the digest is not that of the document')
    this.#checkStored()
  }

  /** The store contains the document in this form. */
  #checkStored(): void {
    const [update, stored] = [encodeWithoutPending(this.doc), new Y.Doc({ guid: '' })]
    if (!isUpdate(update)) throw new Error('the store would contain no document')
    Y.applyUpdate(stored, update)
    if (!isComplete(stored)) throw new Error('a part of the stored document would be pending')
  }
}

/**
 * Two members whose replicas differ exchange both ways until the digests are equal or show a collision. If authors share a
 * client id, Yjs may delete a unit on one replica only, and the next exchange deletes the unit on the other one as well.
 */
function exchange(replica: FuzzedReplica): void {
  const copy = new FuzzedReplica()
  for (let round = 0; round < maxExchanges; round++) {
    for (const [from, to] of [
      [replica, copy],
      [copy, replica],
    ] as const)
      for (const update of updateChunks(from.doc, { since: clocksOf(to.doc), maxBytes: chunkBytes }))
        to.receive(update)
    const [own, other] = [replica.sync.hash(), copy.sync.hash()]
    if (equalBytes(own, other) || isCollision(own, other)) return
  }
  throw new Error(`two replicas still differ after ${maxExchanges} exchanges in both directions`)
}

/** Our choice: most documents take several chunks. */
const chunkBytes = 64
/** Our choice. */
const maxExchanges = 2

const clocksOf = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc))
