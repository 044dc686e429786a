/**
 * Document sync: one Yjs document, and what two members need to make theirs equal.
 *
 * Only updates of version 1 come in, and each is read as a whole before any of it is applied: in that encoding no
 * struct takes less than two bytes, so its length bounds what it can cost. What cannot be read changes nothing.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import * as Y from 'yjs'

/** Longest update that is applied. */
export const maxUpdateBytes = 67_108_864
/** Up to here an update is taken apart beforehand, delete set and all; beyond only its structs, one by one. */
const maxDecodedBytes = 1_048_576

export class DocumentSync {
  readonly name: string
  readonly doc: Y.Doc
  #hash: Uint8Array | undefined
  #changes = 0

  constructor(name: string, doc: Y.Doc) {
    this.name = name
    this.doc = doc
    doc.on('update', () => {
      this.#hash = undefined
      this.#changes += 1
    })
  }

  /** Grows with each change. */
  get changes(): number {
    return this.#changes
  }

  /** 16 bytes: of all that is inserted and all that is deleted. Equal documents have equal ones. */
  hash(): Uint8Array {
    this.#hash ??= sha256(Y.encodeSnapshot(Y.snapshot(this.doc))).subarray(0, 16)
    return this.#hash
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.doc)
  }

  /** What another lacks; undefined: that is no state vector. */
  beyond(stateVector: Uint8Array): Uint8Array | undefined {
    try {
      return Y.encodeStateAsUpdate(this.doc, stateVector)
    } catch {
      return undefined
    }
  }

  /** @param origin of the transaction, for those who watch the document. */
  apply(update: Uint8Array, origin: unknown): 'applied' | 'refused' {
    if (!isReadable(update)) return 'refused'
    Y.applyUpdate(this.doc, update, origin)
    return 'applied'
  }

  /** Something came before what it builds upon: nothing later of its author shows until the gap is filled. */
  hasGap(): boolean {
    const { pendingStructs, pendingDs } = this.doc.store
    return pendingStructs !== null || pendingDs !== null
  }
}

/** Whether these bytes are an update, version 1, of a bearable size. */
export function isReadable(update: Uint8Array): boolean {
  if (update.length > maxUpdateBytes) return false
  try {
    if (update.length <= maxDecodedBytes) Y.decodeUpdate(update)
    else Y.parseUpdateMeta(update)
    return true
  } catch {
    return false
  }
}
