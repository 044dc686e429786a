/**
 * Document seed: the first content of a document. If two members write the same content, the document
 * contains it once.
 *
 * The content is written under a client id that is a hash of the content. Replicas treat equal clocks of one client as
 * the same content, so equal seeds merge into one. Different seeds have different client ids, and both stay.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import * as Y from 'yjs'
import { reportRejection } from '../runtime/app-calls.ts'

export type Seed = (doc: Y.Doc) => void

/** The client id under which the seed writes until the hash of its content is known. */
export const seedPlaceholder = 0

/** Returns the seed's content as one update. @throws what the seed throws */
export function seedUpdate(seed: Seed): Uint8Array {
  const doc = new Y.Doc()
  // If the seed set a client id, two different seeds could write under the same one, and would never merge.
  Object.defineProperty(doc, 'clientID', { get: () => seedPlaceholder, set: () => {} })
  // If the seed is async by mistake, only content that it writes before its first `await` counts.
  reportRejection(seed(doc))
  const digest = sha256(Y.encodeStateAsUpdate(doc))
  // The id has 48 bits, which is within the range of Yjs' client ids, and is never the placeholder.
  const client = digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) + 1
  assign(doc, client)
  return Y.encodeStateAsUpdate(doc)
}

/** Moves all content from the placeholder to the client id `client`. */
function assign(doc: Y.Doc, client: number): void {
  const structs = doc.store.clients.get(seedPlaceholder)
  if (!structs) return
  const renamed = (id: Y.ID | null) => id && Y.createID(client, id.clock)
  for (const struct of structs) {
    struct.id = Y.createID(client, struct.id.clock)
    if (!(struct instanceof Y.Item)) continue
    struct.origin = renamed(struct.origin)
    struct.rightOrigin = renamed(struct.rightOrigin)
  }
  doc.store.clients.delete(seedPlaceholder)
  doc.store.clients.set(client, structs)
}
