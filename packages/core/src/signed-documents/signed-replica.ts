/**
 * Signed replica: the local copy of the signed changes of all documents of one room that has writers.
 *
 * A change counts only if its author is a writer. Every member of the room stores all changes, whether or not its app has
 * opened the document, so that a member that enters later gets them from any other.
 */
import type { Instant } from '../base/clock.ts'
import { TokenBuckets } from '../base/token-buckets.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import {
  type Admission,
  type CarrierRequests,
  noCarrierRequests,
  type SpaceReplica,
} from '../spaces/space-replica.ts'
import type { WriterRule } from '../spaces/writer-rule.ts'
import { isClockSet, isPlausibleTimestamp } from '../wire/checks.ts'
import * as limits from '../wire/limits.ts'
import type { ChangeFact, SpaceFact } from '../wire/space-fact.ts'
import { type MayCompare, maxActiveCheckpoints, SignedDocument } from './signed-document.ts'

const noDocuments: ReadonlyMap<string, DocumentSync> = new Map()
/** Our choice: half of the longest frame, so that a long update takes few round trips. */
const maxDeltaBytes = limits.maxFrameBytes / 2
/** Changes other than checkpoints may use this part of the limits. So a checkpoint, which removes changes, always fits. */
const changesShare = 0.75

/**
 * How many bytes of updates are compared with new checkpoints. Our choice: the burst is all that a room can contain, and the
 * comparison of 2 MiB takes less than a tenth of a second. Further checkpoints are compared later, at a sweep at the latest.
 */
const comparedBytes = { burst: limits.maxSignedBytes, refillMs: 1_000 / 2_097_152 }

export interface SignedReplicaOptions {
  /** The local member's id. */
  readonly self: string
  readonly mayWrite: WriterRule
  /** Called when an update of a document is complete. */
  readonly arrived: (document: string, update: Uint8Array) => void
}

export class SignedReplica implements SpaceReplica {
  readonly facts: FactSet = new FactSet()
  readonly maxDeltaBytes: number = maxDeltaBytes
  /** None: the unsigned exchange of documents never runs here. */
  readonly documents: ReadonlyMap<string, DocumentSync> = noDocuments
  readonly #options: SignedReplicaOptions
  readonly #signed = new Map<string, SignedDocument>()
  readonly #comparisons = new TokenBuckets({ ...comparedBytes, maxKeys: 1 })
  /** Documents with changes that the local member signed while its clock was ahead. */
  readonly #misdated = new Set<string>()

  constructor(options: SignedReplicaOptions) {
    this.#options = options
  }

  /** The signed changes of a document. */
  document(name: string): SignedDocument {
    return this.#signed.get(name) ?? new SignedDocument(this.facts)
  }

  admit(fact: SpaceFact, now: Instant): Admission {
    if (fact.type !== 'change' || !this.#options.mayWrite(fact)) return 'rejected'
    return isPlausibleTimestamp(fact.epochMs, now.epochMs) ? this.#admit(fact) : 'rejected'
  }

  #admit(fact: ChangeFact): Admission {
    if (this.facts.has(storedFact(fact))) return 'stale'
    const admission = this.document(fact.document).admit(fact)
    return admission === 'new' && !this.#mayStore(fact) ? 'rejected' : admission
  }

  merge(fact: SpaceFact, { monotonicMs }: Instant): void {
    if (fact.type !== 'change') return
    const update = this.#merge(fact, bytes => this.#mayCompare(bytes, monotonicMs))
    if (update) this.#options.arrived(fact.document, update)
  }

  /**
   * Merges the changes that an earlier process stored. A stored checkpoint counts even if its author is no longer a writer:
   * it was one when the checkpoint was stored, and the checkpoint has replaced updates of others. The local clock does not
   * matter: it may not be set yet.
   *
   * @returns the changes that need not be stored any more
   */
  restore(stored: readonly SpaceFact[]): readonly StoredFact[] {
    const counting = stored.filter(fact => {
      if (fact.type !== 'change' || !(fact.isCheckpoint || this.#options.mayWrite(fact))) return false
      const admission = this.#admit(fact)
      if (admission === 'new') this.#merge(fact, () => false)
      return admission !== 'rejected'
    })
    for (const document of this.#signed.values()) {
      let comparisons = 0
      document.compare(() => comparisons++ < maxActiveCheckpoints)
    }
    return counting.map(storedFact).filter(each => !this.facts.has(each))
  }

  /** Whether this many more bytes fit within the limits of all documents of a room. */
  hasSpaceFor(bytes: number, isCheckpoint: boolean): boolean {
    const share = isCheckpoint ? 1 : changesShare
    const facts = Math.ceil(bytes / limits.maxChangeBytes)
    const stored = [...this.#signed.values()].reduce((sum, each) => sum + each.bytes, bytes)
    return (
      this.facts.size + facts <= share * limits.maxSignedChanges && stored <= share * limits.maxSignedBytes
    )
  }

  mergeUpdate(): 'rejected' {
    return 'rejected'
  }

  memberChanged(): boolean {
    return false
  }

  /** A revocation may have arrived after the changes that it concerns, and the clock may have been set. */
  sweep({ monotonicMs, epochMs }: Instant): void {
    const { self, mayWrite } = this.#options
    for (const [name, document] of this.#signed) {
      document.recheck(mayWrite)
      document.compare(bytes => this.#mayCompare(bytes, monotonicMs))
      if (isClockSet(epochMs) && document.takeMisdated(self, epochMs)) this.#misdated.add(name)
    }
  }

  /** Returns the documents whose changes the local member has to sign again, as a checkpoint. Each one once. */
  takeMisdated(): readonly string[] {
    const misdated = [...this.#misdated]
    this.#misdated.clear()
    return misdated
  }

  holdersOf(): [] {
    return []
  }

  membersWithoutAnnouncement(): readonly string[] {
    return []
  }

  mayHaveDocument(): boolean {
    return false
  }

  hasUnreachablePair(): boolean {
    return false
  }

  carry(): void {}

  carriersToRequest(): CarrierRequests {
    return noCarrierRequests
  }

  #merge(fact: ChangeFact, mayCompare: MayCompare): Uint8Array | undefined {
    const document = this.document(fact.document)
    this.#signed.set(fact.document, document)
    return document.merge(fact, mayCompare)
  }

  #mayCompare(bytes: number, nowMs: number): boolean {
    return this.#comparisons.take('', nowMs, { cost: Math.min(bytes, comparedBytes.burst) })
  }

  #mayStore({ document, payload, isCheckpoint }: ChangeFact): boolean {
    if (!this.#signed.has(document) && this.#signed.size >= limits.maxDocuments) return false
    return this.hasSpaceFor(payload.length, isCheckpoint)
  }
}
