/**
 * Document digest: sixteen bytes that are equal if two replicas of a Yjs document are equal.
 *
 * The first eight bytes are about the structure (which clocks each client has inserted and deleted), the last eight
 * about the content that is not deleted. Equal structure with different content means that two replicas wrote under
 * one client id. Yjs does not notice this case, because it compares clocks alone. Yjs may then even delete a unit on
 * one replica only. The digests then differ, and the next exchange deletes the unit on the other replica as well. Each
 * transaction updates the digest at a cost that depends on the change. The digest always equals one that is computed
 * from the whole document. The digest is no protection against a malicious member: such a member could delete the
 * document as well.
 */
import * as Y from 'yjs'
import { changedClients } from './changed-clients.ts'
import { contentSum, type DeletionSums, deletionSums, mix, noDeletions } from './digest-sums.ts'

export const digestBytes = 16
export const digestBuckets = 256
/** Bytes of one bucket: structure and content. */
export const bucketDigestBytes = 16
const lanes = bucketDigestBytes / 4

/** The index of a client's bucket, out of 256. Client ids are random, so their low bits are evenly spread. */
export function digestBucketOf(client: number): number {
  return client % digestBuckets
}

export class DocumentDigest {
  readonly #doc: Y.Doc
  readonly #clocks = new Map<number, number>()
  /** Deletions of the clients that have any. */
  readonly #deletions = new Map<number, DeletionSums>()
  readonly #sums = new Uint32Array(digestBuckets * lanes)
  #liveBytes = 0
  #isInBatch = false
  /** Set after a transaction inside the observers of another one: the changes of the two cannot be separated. */
  #isStale = true

  constructor(doc: Y.Doc) {
    this.#doc = doc
    doc.on('beforeObserverCalls', transaction => {
      // The observers of this transaction have not run yet: the store is as the transaction left it.
      if (this.#isInBatch) this.#isStale = true
      this.#isInBatch = true
      if (!this.#isStale) this.#follow(transaction)
    })
    doc.on('afterAllTransactions', () => {
      this.#isInBatch = false
    })
  }

  /** Number of clients that ever wrote. */
  get clients(): number {
    return this.#doc.store.clients.size
  }

  /**
   * Approximate bytes of the content that is not deleted, at the last digest or later. A character counts as one byte.
   */
  get liveBytes(): number {
    return this.#liveBytes
  }

  /** 16 bytes: 8 for the structure, 8 for the content. */
  hash(): Uint8Array {
    this.#refresh()
    const hash = new Uint32Array(lanes)
    for (let bucket = 0; bucket < digestBuckets; bucket++)
      for (let lane = 0; lane < lanes; lane++)
        // The index of the bucket is part of the hash: otherwise a client that moved to another bucket would not
        // change the hash.
        hash[lane] = (hash[lane] ?? 0) + mix(this.#sums[bucket * lanes + lane] ?? 0, bucket, lane)
    return bytesOf(hash)
  }

  /** 256 × 16 bytes: structure and content of the clients in each bucket. */
  bucketHashes(): Uint8Array {
    this.#refresh()
    return bytesOf(this.#sums)
  }

  /** The document was changed outside of transactions. */
  reset(): void {
    this.#isStale = true
  }

  #refresh(): void {
    if (!this.#isStale || this.#isInBatch) return
    this.#isStale = false
    this.#clocks.clear()
    this.#deletions.clear()
    this.#sums.fill(0)
    this.#liveBytes = 0
    for (const [client, structs] of this.#doc.store.clients) this.#insert(client, structs, 0, structs.length)
  }

  #follow(transaction: Y.Transaction): void {
    const { store } = this.#doc
    for (const [client, ranges] of transaction.deleteSet.clients) {
      const clock = this.#clocks.get(client) ?? 0
      for (const range of ranges) this.#delete(client, range.clock, Math.min(range.clock + range.len, clock))
    }
    for (const { client, after } of changedClients(transaction)) {
      const known = this.#clocks.get(client) ?? 0
      const structs = store.clients.get(client)
      if (after === known || !structs) continue
      this.#insert(client, structs, Y.findIndexSS(structs, known), structs.length)
    }
  }

  /** Adds new structs, some of which may be deleted already. */
  #insert(client: number, structs: readonly (Y.GC | Y.Item)[], from: number, to: number): void {
    this.#subtractStructure(client)
    let deletions = this.#deletions.get(client)
    for (let i = from; i < to; i++) {
      const struct = structs[i]
      if (!struct) continue
      const { clock } = struct.id
      if (struct.deleted) deletions = deletionSums(deletions ?? noDeletions, clock, clock + struct.length)
      else if (struct instanceof Y.Item) this.#addContent(client, struct.content, clock, 0, struct.length, 1)
      this.#clocks.set(client, clock + struct.length)
    }
    if (deletions) this.#deletions.set(client, deletions)
    this.#addStructure(client)
  }

  /** Records the deletion of clocks that were inserted before. The deleted content is still in the store. */
  #delete(client: number, from: number, to: number): void {
    const structs = this.#doc.store.clients.get(client)
    if (!structs || from >= to) return
    this.#subtractStructure(client)
    this.#deletions.set(client, deletionSums(this.#deletions.get(client) ?? noDeletions, from, to))
    this.#addStructure(client)
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i++) {
      const struct = structs[i]
      if (!(struct instanceof Y.Item) || struct.id.clock >= to) break
      const { clock } = struct.id
      const [start, end] = [Math.max(from, clock), Math.min(to, clock + struct.length)]
      this.#addContent(client, struct.content, clock, start - clock, end - clock, -1)
    }
  }

  #addStructure(client: number): void {
    this.#add(client, 1)
  }

  #subtractStructure(client: number): void {
    if (this.#clocks.has(client)) this.#add(client, -1)
  }

  #add(client: number, sign: 1 | -1): void {
    const clock = this.#clocks.get(client) ?? 0
    const { count, sums } = this.#deletions.get(client) ?? noDeletions
    const at = digestBucketOf(client) * lanes
    for (const lane of [0, 1] as const) {
      const structure = [clock, count, ...sums].reduce(
        (sum, part) => mix(sum, part, lane),
        mix(client, lane, 7),
      )
      this.#sums[at + lane] = (this.#sums[at + lane] ?? 0) + sign * structure
    }
  }

  #addContent(
    client: number,
    content: Y.Item['content'],
    clock: number,
    from: number,
    to: number,
    sign: 1 | -1,
  ): void {
    const { low, high, bytes } = contentSum(content, { client, clock, from, to })
    const at = digestBucketOf(client) * lanes
    this.#sums[at + 2] = (this.#sums[at + 2] ?? 0) + sign * low
    this.#sums[at + 3] = (this.#sums[at + 3] ?? 0) + sign * high
    this.#liveBytes += sign * bytes
  }
}

/** Whether the structure is equal and the content is not: two replicas wrote under one client id. */
export function isCollision(a: Uint8Array, b: Uint8Array): boolean {
  const half = digestBytes / 2
  const isEqual = (from: number, to: number) => a.subarray(from, to).every((byte, i) => byte === b[from + i])
  return isEqual(0, half) && !isEqual(half, digestBytes)
}

/** Little-endian on every machine. */
function bytesOf(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true)
  return bytes
}
