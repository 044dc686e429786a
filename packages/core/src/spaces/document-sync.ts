/**
 * Document sync: one Yjs document, and what two members need to make theirs equal.
 *
 * Only updates of version 1 come in, and each is read as a whole before any of it is applied; what cannot be read
 * changes nothing. What came before that on which it builds waits, but neither without bound nor for ever: it is
 * dropped, and the next exchange brings both.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { createDecoder, hasContent } from 'lib0/decoding'
import * as Y from 'yjs'
import { BoundedDecoder } from './bounded-decoder.ts'

/** Longest update that is applied. */
export const maxUpdateBytes = 67_108_864
/** Structs and deletions of one update. A text of two million single insertions is within it. */
const maxParts = 2_097_152
/** What waits for something that is missing. */
const maxWaitingBytes = 1_048_576
/** Whoever was asked and said nothing for so long is not waited for any more. */
const patienceMs = 1_000
/** A gap that so many sweeps found is given up. */
const maxSweeps = 2

export class DocumentSync {
  readonly name: string
  readonly doc: Y.Doc
  /** Members that said that they do not hold this document. */
  readonly lackedBy: Set<string> = new Set()
  readonly #origin: unknown
  #hash: Uint8Array | undefined
  #changes = 0
  #isMet = false
  #hasDropped = false
  #sweeps = 0
  #asked: { readonly of: string; readonly ms: number } | undefined

  /** @param origin of the transactions that apply what others wrote */
  constructor(name: string, doc: Y.Doc, origin: unknown) {
    this.name = name
    this.doc = doc
    this.#origin = origin
    doc.on('update', () => {
      this.#hash = undefined
      this.#changes += 1
    })
  }

  /** Grows with each change. */
  get changes(): number {
    return this.#changes
  }

  /** An exchange showed that somebody's document is equal, or brought all that was in it. */
  get isMet(): boolean {
    return this.#isMet
  }

  /** Nothing is known of others' documents any more. */
  forgetOthers(): void {
    this.#isMet = false
    this.lackedBy.clear()
  }

  /** Somebody's is equal, or all of it came; unless something is still missing. */
  meet(): void {
    if (this.hasGap()) return
    this.#isMet = true
    this.lackedBy.clear()
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

  /** Whether to ask this member for what is lacking here: one at a time is asked, so that nothing comes twice. */
  ask(of: string, nowMs: number): boolean {
    if (this.#asked && nowMs - this.#asked.ms < patienceMs) return false
    this.#asked = { of, ms: nowMs }
    return true
  }

  /** Some, or all, of an answer came. @returns whether this member had been asked: else it tells what it just wrote. */
  answered(by: string, isWhole: boolean, nowMs: number): boolean {
    if (this.#asked?.of !== by) return false
    this.#asked = isWhole ? undefined : { of: by, ms: nowMs }
    return true
  }

  apply(update: Uint8Array): 'applied' | 'refused' {
    if (!isReadable(update)) return 'refused'
    let isApplied = false
    try {
      Y.transact(
        this.doc,
        () => {
          Y.applyUpdate(this.doc, update)
          isApplied = true
        },
        this.#origin,
        false,
      )
    } catch (error) {
      if (!isApplied) return 'refused'
      // Of somebody who watches the document: reported as an event target reports it, and nothing here stops.
      queueMicrotask(() => {
        throw error
      })
    }
    if (!this.hasGap()) this.#sweeps = 0
    this.#hasDropped = waitingBytes(this.doc) > maxWaitingBytes
    if (this.#hasDropped) dropWaiting(this.doc)
    return this.#hasDropped ? 'refused' : 'applied'
  }

  /** Something came before what it builds upon: nothing later of its author shows until the gap is filled. */
  hasGap(): boolean {
    return this.#hasDropped || waitingBytes(this.doc) > 0
  }

  /** Some time has passed: nobody seems to have what is missing. */
  sweep(): void {
    this.#sweeps = this.hasGap() ? this.#sweeps + 1 : 0
    if (this.#sweeps < maxSweeps) return
    this.#sweeps = 0
    this.#hasDropped = false
    dropWaiting(this.doc)
  }
}

/** Whether these bytes are an update, version 1, of a bearable size, and nothing else. */
export function isReadable(update: Uint8Array): boolean {
  return update.length <= maxUpdateBytes && isUpdate(update, maxParts)
}

/** Whether these bytes are an update and nothing else: one of version 2 begins as an empty one of version 1 does. */
export function isUpdate(update: Uint8Array, maxParts: number = Number.POSITIVE_INFINITY): boolean {
  const rest = createDecoder(update)
  const Decoder = class extends BoundedDecoder {
    constructor() {
      super(rest, maxParts)
    }
  }
  try {
    Y.decodeUpdateV2(update, Decoder)
    return !hasContent(rest)
  } catch {
    return false
  }
}

function waitingBytes({ store }: Y.Doc): number {
  return (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0)
}

function dropWaiting({ store }: Y.Doc): void {
  store.pendingStructs = null
  store.pendingDs = null
}
