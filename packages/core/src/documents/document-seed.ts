/**
 * Document seed: the first content of a document, such that two members that make the same make it once.
 *
 * The content is written under a client id that is a hash of it. Replicas take equal clocks of one client for the same
 * thing, so equal seeds merge into one; seeds that differ have different clients, and both stay.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import * as Y from 'yjs'
import { reportRejection } from '../runtime/app-calls.ts'

export type Seed = (doc: Y.Doc) => void

/** Stands for the client id while the content is not known. */
const placeholder = 0

/** What the seed writes, as one update. @throws whatever the seed throws */
export function seedUpdate(seed: Seed): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = placeholder
  // One that is async by mistake has its first part taken.
  reportRejection(seed(doc))
  const digest = sha256(Y.encodeStateAsUpdate(doc))
  // 48 bits and never the placeholder: a number that Yjs takes for a client id.
  const client = digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) + 1
  assign(doc, client)
  return Y.encodeStateAsUpdate(doc)
}

/** All that the placeholder wrote was written by this client. */
function assign(doc: Y.Doc, client: number): void {
  const structs = doc.store.clients.get(placeholder)
  if (!structs) return
  const renamed = (id: Y.ID | null) => id && Y.createID(client, id.clock)
  for (const struct of structs) {
    struct.id = Y.createID(client, struct.id.clock)
    if (!(struct instanceof Y.Item)) continue
    struct.origin = renamed(struct.origin)
    struct.rightOrigin = renamed(struct.rightOrigin)
  }
  doc.store.clients.delete(placeholder)
  doc.store.clients.set(client, structs)
}
