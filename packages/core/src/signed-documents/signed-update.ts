/**
 * Signed update: one update of a document with writers, as the signed facts that contain it, complete or not.
 *
 * If an author signs two facts for one part, the fact with the greater id counts, so members with the same facts keep the
 * same one.
 */
import { concat } from 'uint8arrays/concat'
import { isReadable } from '../spaces/documents/readable-updates.ts'
import type { StoredFact } from '../spaces/fact-set.ts'
import { equalBytes } from '../wire/hashes.ts'
import type { ChangeFact } from '../wire/space-fact.ts'
import { updateId } from './change-parts.ts'
import {
  type CheckpointContent,
  checkpointContent,
  contains,
  contentOf,
  isSmall,
  type UpdateContent,
  weightOf,
} from './update-content.ts'

export class SignedUpdate {
  readonly key: string
  /** The id of an update in several parts. */
  readonly id: string | undefined
  readonly isCheckpoint: boolean
  readonly #parts = new Map<number, StoredFact<ChangeFact>>()
  readonly #count: number
  #isReadable = false
  /** The content of an active checkpoint. The ranges of a large document take more memory than its updates do. */
  #checkpoint: CheckpointContent | undefined
  /** The content of an update in several parts, if it is small. */
  #content: UpdateContent | undefined
  #weight = 0

  constructor(stored: StoredFact<ChangeFact>) {
    const { part, isCheckpoint } = stored.fact
    this.key = keyOf(stored)
    this.id = part?.update
    this.isCheckpoint = isCheckpoint
    this.#count = part?.count ?? 1
  }

  get facts(): readonly StoredFact<ChangeFact>[] {
    return [...this.#parts.values()]
  }

  /** Whether all parts are here and make an update that Yjs can apply. */
  get isComplete(): boolean {
    return this.#isReadable
  }

  /** Ids of updates in several parts that this checkpoint replaces. */
  get replaces(): readonly string[] {
    return this.#parts.get(0)?.fact.replaces ?? []
  }

  /** The fact for the same part. */
  rivalOf({ fact: { part } }: StoredFact<ChangeFact>): StoredFact<ChangeFact> | undefined {
    return this.#parts.get(part?.index ?? 0)
  }

  /**
   * Adds a part, or replaces its rival. A complete update whose rival has another content is not complete any more.
   *
   * @returns whether the update is complete now and was not before
   */
  add(stored: StoredFact<ChangeFact>): boolean {
    const rival = this.rivalOf(stored)
    this.#parts.set(stored.fact.part?.index ?? 0, stored)
    if (this.#isReadable) {
      this.#isReadable = rival !== undefined && equalBytes(rival.fact.content, stored.fact.content)
      if (!this.#isReadable) this.#content = undefined
      return false
    }
    if (this.#parts.size < this.#count) return false
    const update = this.#joined()
    this.#isReadable = (this.id === undefined || this.id === updateId(update)) && isReadable(update)
    if (this.#isReadable && this.isCheckpoint) this.#weight = weightOf(checkpointContent(update))
    return this.#isReadable
  }

  /** Makes a complete checkpoint replace other updates, or not any more. */
  setActive(isActive: boolean): void {
    const { update } = this
    this.#checkpoint = isActive && update ? checkpointContent(update) : undefined
  }

  /** Whether this checkpoint has a greater rank than another one. A checkpoint has a greater rank than those that it replaces. */
  outranks(other: SignedUpdate): boolean {
    return this.#weight > other.#weight || (this.#weight === other.#weight && this.key > other.key)
  }

  /** The update; undefined: it is not complete. */
  get update(): Uint8Array | undefined {
    return this.#isReadable ? this.#joined() : undefined
  }

  /**
   * Whether this update is an active checkpoint that makes `other` unnecessary. Of two equal checkpoints, the one with the
   * greater key replaces the other.
   */
  replacesUpdate(other: SignedUpdate): boolean {
    const checkpoint = this.#checkpoint
    if (!checkpoint || other === this) return false
    if (!other.isComplete) return other.id !== undefined && this.replaces.includes(other.id)
    if (other.isCheckpoint && !this.outranks(other)) return false
    const content = other.#contentToReplace()
    return content !== undefined && contains(checkpoint, content)
  }

  #contentToReplace(): UpdateContent | undefined {
    if (this.#checkpoint) return asContent(this.#checkpoint)
    if (this.#content) return this.#content
    const { update } = this
    if (!update) return undefined
    if (this.isCheckpoint) return asContent(checkpointContent(update))
    const content = contentOf(update)
    if (this.#count > 1 && isSmall(content, update.length)) this.#content = content
    return content
  }

  #joined(): Uint8Array {
    const first = this.#parts.get(0)
    if (first && this.#count === 1) return first.fact.content
    return concat(Array.from({ length: this.#count }, (_, i) => this.#parts.get(i)?.fact.content ?? none))
  }
}

const none = new Uint8Array()

/** Facts with this key belong to one update. */
export function keyOf({ id, fact: { author, part, isCheckpoint } }: StoredFact<ChangeFact>): string {
  return part ? `${part.update} ${part.count} ${isCheckpoint} ${author}` : id
}

function asContent({ until, deletions }: CheckpointContent): UpdateContent {
  return { structs: new Map([...until].map(([client, len]) => [client, [{ clock: 0, len }]])), deletions }
}
