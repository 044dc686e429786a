/**
 * Log compaction: keeps the log of one document short, in short steps between edits.
 *
 * Many short updates are merged into one, without reading the document. When the log is larger than the base, the
 * document is written again as a new base. log-keys.ts counts the updates and has the thresholds. New keys are stored
 * before the keys that they replace are deleted, so the process may end at any moment. The content of the document and
 * its ids stay the same: document-compaction.ts changes the ids, at the start of an epoch.
 */
import * as Y from 'yjs'
import { StorageError } from '../api/errors.ts'
import type { Clock } from '../base/clock.ts'
import { updateChunks } from '../spaces/documents/update-chunks.ts'
import type { LogKeys } from './log-keys.ts'
import type { SpaceWrites } from './write-queue.ts'

/** The log that is compacted. */
export interface CompactedLog {
  /** The document; undefined while it is not open. */
  readonly doc: Y.Doc | undefined
  readonly isStopped: boolean
  /** Whether stored updates are pending: the store lost one on which they depend. A new base would not contain them. */
  readonly hasGap: boolean
}

/**
 * Our choice: the pause between two steps is several times longer than a step, which takes some milliseconds.
 */
const pauseMs = 20
/**
 * Our choice: a single write of twice this size is slow. Half is safe, because a chunk may exceed the limit by one value.
 */
const baseChunkBytes = 524_288

export class LogCompaction {
  readonly #log: CompactedLog
  readonly #keys: LogKeys
  readonly #queue: SpaceWrites
  readonly #clock: Clock
  /** Keys to delete when the new base has been written. */
  #replacing: readonly string[] = []
  /** How often the whole document was rewritten outside of the compaction. */
  #rewrites = 0
  #isRunning = false

  constructor(log: CompactedLog, keys: LogKeys, queue: SpaceWrites, clock: Clock) {
    this.#log = log
    this.#keys = keys
    this.#queue = queue
    this.#clock = clock
  }

  /** Starts steps of compaction if one is due. */
  check(): void {
    if (this.#isDue()) void this.#run()
  }

  /** The whole document will be written again. @returns all keys that the store contains until then */
  interrupt(): readonly string[] {
    this.#rewrites += 1
    return [...this.#keys.takeAll(), ...this.#replacing]
  }

  #isDue(): boolean {
    if (this.#queue.state.status === 'failing') return false
    return this.#keys.isTailLong || this.#isBaseDue()
  }

  #isBaseDue(): boolean {
    const { doc, hasGap } = this.#log
    return doc !== undefined && !hasGap && this.#keys.isLogLong
  }

  /** Runs steps until none is due. */
  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      for (await this.#pause(); this.#isDue() && !this.#log.isStopped; await this.#pause()) {
        if (this.#isBaseDue()) await this.#writeBase()
        else this.#mergeTail()
      }
    } catch {
      // The write queue reports that the store failed. The next edit starts the compaction again.
    } finally {
      this.#isRunning = false
    }
  }

  /** Merges the oldest short updates into one. */
  #mergeTail(): void {
    const merged = this.#keys.takeOldest()
    const run = this.#keys.putRun(Y.mergeUpdates(merged.map(([, update]) => update)))
    this.#queue.push([run, ...merged.map(([key]) => ({ key, value: undefined }))])
  }

  /**
   * Writes a new base.
   *
   * @throws {StorageError} the base could not be stored; the previous base and log remain stored
   */
  async #writeBase(): Promise<void> {
    const { doc } = this.#log
    if (!doc) return
    const rewrites = this.#rewrites
    const replaced = this.#keys.takeAll()
    this.#replacing = replaced
    try {
      for (const chunk of baseOf(doc)) {
        this.#queue.push([this.#keys.putBase(chunk)])
        await this.#pause()
        if (doc !== this.#log.doc || this.#log.isStopped) throw new StorageError('the document was closed')
        // The whole document was rewritten meanwhile.
        if (rewrites !== this.#rewrites) return
      }
      await this.#queue.stored()
    } catch (error) {
      if (rewrites === this.#rewrites) this.#keys.restore(replaced)
      throw error
    } finally {
      this.#replacing = []
    }
    this.#queue.push(replaced.map(key => ({ key, value: undefined })))
  }

  #pause(): Promise<void> {
    const clock = this.#clock
    return new Promise(resolve => clock.setTimer(clock.now().monotonicMs + pauseMs, resolve))
  }
}

/** The whole document, in chunks, without what is pending. */
export function baseOf(doc: Y.Doc): Iterable<Uint8Array> {
  return updateChunks(doc, { since: new Map(), maxBytes: baseChunkBytes })
}
