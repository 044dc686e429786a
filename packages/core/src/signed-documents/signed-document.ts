/**
 * Signed document: the signed updates of one document with writers.
 *
 * A checkpoint, which is an update that contains the whole document, replaces all updates whose content it contains. Members
 * that received the same facts keep the same facts, regardless of the order of arrival.
 *
 * Only the 16 checkpoints with the greatest ranks are *active*, which means that they replace updates. So the work for one
 * fact is bounded, although any writer can sign thousands of checkpoints of which none contains another one. A checkpoint
 * outranks those that it replaces, so what happens to a checkpoint depends only on checkpoints of greater rank. Therefore
 * members with more checkpoints end with the same facts, too, when they have sent each other what differs: they cannot differ
 * in the checkpoint of the greatest rank, then not in the next one, and so on.
 */
import { isReadable } from '../spaces/documents/readable-updates.ts'
import { type FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import type { Admission } from '../spaces/space-replica.ts'
import type { WriterRule } from '../spaces/writer-rule.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import * as limits from '../wire/limits.ts'
import type { ChangeFact } from '../wire/space-fact.ts'
import { keyOf, SignedUpdate } from './signed-update.ts'

/**
 * A writer makes a checkpoint after this many bytes of changes, or after as many as the last checkpoint has, if that is more.
 */
const minCheckpointAfterBytes = 131_072
/** A writer makes a checkpoint after one change for each 512 bytes of the last checkpoint, within these bounds. */
const checkpointAfterChanges = { min: 256, max: 4_096, bytesEach: 512 }

/** Our choice: more than the writers that make a checkpoint at the same moment. The next checkpoint replaces all of these. */
export const maxActiveCheckpoints = 16
/** How many bytes of an update take as long to compare as an update itself. */
const comparedBytesEach = 256

/** Whether a comparison of this many bytes may run now. */
export type MayCompare = (bytes: number) => boolean

export class SignedDocument {
  readonly #facts: FactSet
  readonly #updates = new Map<string, SignedUpdate>()
  readonly #checkpoints = new Set<SignedUpdate>()
  readonly #active = new Set<SignedUpdate>()
  /** Active checkpoints that were not compared with the stored updates yet. */
  readonly #uncompared = new Set<SignedUpdate>()
  /** Checkpoints of authors that were revoked before they signed them: newcomers reject these checkpoints. */
  #refusedCheckpoints: ReadonlySet<SignedUpdate> = new Set()
  /** Changes that `takeMisdated` has reported. */
  readonly #misdated = new WeakSet<StoredFact>()
  #bytes = 0
  #checkpointBytes = 0
  #checkpointFacts = 0
  #size = 0

  /** @param facts the set to which stored facts are added, and from which replaced ones are removed */
  constructor(facts: FactSet) {
    this.#facts = facts
  }

  /** Bytes of all stored facts. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** Whether a writer should make a checkpoint: its cost stays below that of the changes before it. */
  get isCheckpointDue(): boolean {
    const { min, max, bytesEach } = checkpointAfterChanges
    const changes = this.#size - this.#checkpointFacts
    const changedBytes = this.#bytes - this.#checkpointBytes
    return (
      [...this.#refusedCheckpoints].some(each => this.#checkpoints.has(each)) ||
      changes >= Math.min(max, Math.max(min, this.#checkpointBytes / bytesEach)) ||
      changedBytes >= Math.max(minCheckpointAfterBytes, this.#checkpointBytes)
    )
  }

  /** The complete updates: their order does not matter. */
  *updates(): Generator<Uint8Array, void, undefined> {
    for (const { update } of this.#updates.values()) if (update) yield update
  }

  /** The ids that a new checkpoint lists as replaced: those of the stored updates, then those in earlier checkpoints. */
  replacedIds(): readonly string[] {
    const own = [...this.#updates.values()].flatMap(({ id, isComplete }) => (id && isComplete ? [id] : []))
    const earlier = [...this.#checkpoints].flatMap(({ replaces }) => replaces)
    return [...new Set([...own, ...earlier])].slice(0, limits.maxReplacedUpdates)
  }

  admit(fact: ChangeFact): Admission {
    if (!fact.part && !isReadable(fact.content)) return 'rejected'
    const stored = storedFact(fact)
    const rival = this.#updates.get(keyOf(stored))?.rivalOf(stored)
    if (rival) return stored.id > rival.id ? 'new' : 'stale'
    if (fact.part) return this.#isReplaced(fact.part.update, stored) ? 'stale' : 'new'
    if (this.#active.size === 0) return 'new'
    const update = new SignedUpdate(stored)
    update.add(stored)
    return this.#isUnnecessary(update) ? 'stale' : 'new'
  }

  /**
   * Merges a new fact.
   *
   * @param mayCompare if it returns false, `compare` has to be called later
   * @returns the update that the fact has completed
   */
  merge(fact: ChangeFact, mayCompare: MayCompare): Uint8Array | undefined {
    const stored = storedFact(fact)
    const key = keyOf(stored)
    const update = this.#updates.get(key) ?? new SignedUpdate(stored)
    this.#updates.set(key, update)
    const rival = update.rivalOf(stored)
    if (rival) this.#remove(rival)
    this.#count(stored, 1)
    this.#facts.add(stored)
    const isCompleted = update.add(stored)
    if (!update.isComplete) this.#forgetCheckpoint(update)
    const completed = isCompleted ? update.update : undefined
    if (completed && this.#isUnnecessary(update)) this.#drop(update)
    else if (completed && update.isCheckpoint) this.#addCheckpoint(update)
    this.compare(mayCompare)
    return completed
  }

  /** Drops the updates that active checkpoints replace, as far as these have not been compared. */
  compare(mayCompare: MayCompare): void {
    for (const checkpoint of this.#uncompared) {
      if (!mayCompare(this.#bytes + this.#size * comparedBytesEach)) return
      this.#uncompared.delete(checkpoint)
      for (const update of [...this.#updates.values()])
        if (checkpoint.replacesUpdate(update)) this.#drop(update)
    }
  }

  /**
   * Drops the updates of authors that were revoked before they signed them. A complete checkpoint stays, because it has
   * replaced updates of others, until a writer replaces it.
   */
  recheck(mayWrite: WriterRule): void {
    const refused = [...this.#updates.values()].filter(
      ({ facts }) => !facts.every(({ fact }) => mayWrite(fact)),
    )
    const kept = new Set(refused.filter(({ isCheckpoint, isComplete }) => isCheckpoint && isComplete))
    this.#refusedCheckpoints = kept
    for (const update of refused) if (!kept.has(update)) this.#drop(update)
  }

  /**
   * Whether `self` signed a stored change while its clock was ahead, so that other members reject the change. Each change
   * counts once.
   */
  takeMisdated(self: string, epochMs: number): boolean {
    let isAny = false
    for (const { facts } of this.#updates.values())
      for (const stored of facts) {
        const { author, epochMs: signedMs } = stored.fact
        if (author !== self || isPlausibleTimestamp(signedMs, epochMs) || this.#misdated.has(stored)) continue
        this.#misdated.add(stored)
        isAny = true
      }
    return isAny
  }

  #addCheckpoint(checkpoint: SignedUpdate): void {
    this.#checkpoints.add(checkpoint)
    if (this.#active.size >= maxActiveCheckpoints) {
      const [first, ...others] = this.#active
      const least = others.reduce((least, each) => (least?.outranks(each) ? each : least), first)
      if (!least || least.outranks(checkpoint)) return
      this.#deactivate(least)
    }
    this.#activate(checkpoint)
  }

  #activate(checkpoint: SignedUpdate): void {
    checkpoint.setActive(true)
    this.#active.add(checkpoint)
    this.#uncompared.add(checkpoint)
  }

  #deactivate(checkpoint: SignedUpdate): void {
    checkpoint.setActive(false)
    this.#active.delete(checkpoint)
    this.#uncompared.delete(checkpoint)
  }

  /** The update is no complete checkpoint any more. If it was active, another one becomes active. */
  #forgetCheckpoint(update: SignedUpdate): void {
    this.#checkpoints.delete(update)
    if (!this.#active.has(update)) return
    this.#deactivate(update)
    let next: SignedUpdate | undefined
    for (const each of this.#checkpoints)
      if (!this.#active.has(each) && (!next || each.outranks(next))) next = each
    if (next) this.#activate(next)
  }

  #isUnnecessary(update: SignedUpdate): boolean {
    return [...this.#active].some(checkpoint => checkpoint.replacesUpdate(update))
  }

  /** An update in several parts cannot be compared before it is complete. Checkpoints name those that they replaced. */
  #isReplaced(id: string, stored: StoredFact<ChangeFact>): boolean {
    if (this.#updates.has(keyOf(stored))) return false
    return [...this.#active].some(({ replaces }) => replaces.includes(id))
  }

  #drop(update: SignedUpdate): void {
    this.#updates.delete(update.key)
    this.#forgetCheckpoint(update)
    for (const stored of update.facts) this.#remove(stored)
  }

  #remove(stored: StoredFact<ChangeFact>): void {
    this.#count(stored, -1)
    this.#facts.remove(stored)
  }

  #count({ fact: { payload, isCheckpoint } }: StoredFact<ChangeFact>, by: 1 | -1): void {
    this.#size += by
    this.#bytes += by * payload.length
    if (!isCheckpoint) return
    this.#checkpointFacts += by
    this.#checkpointBytes += by * payload.length
  }
}
