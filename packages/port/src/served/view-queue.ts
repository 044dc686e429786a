/**
 * View queue: collects the changes for one view, and sends them in batches.
 *
 * 1. Everything that changes in one step is in one batch, so that a view shows stores and events as the member does.
 * 2. The next batch waits until the view has acknowledged the last one. At most 60 batches a second are sent, and 4 to
 *    a hidden view. Batches for which a call of the view waits, and the first batch of a view that becomes visible, do
 *    not count.
 * 3. The queue is bounded: for a store or a document it contains only the fact that it has changed, and it contains at
 *    most the last `maxEvents` events.
 */
import type { Clock } from '@hearsay/core/app'
import type { Batch, DocumentChange, PortEvent, StoreName } from '../contract.ts'
import type { TableDiff } from '../table.ts'

/** Our choice: more than a view takes in a second at the greatest rates of rooms. */
const maxEvents = 1_024
/** At most 60 batches a second: a screen shows no more than about 60 changes a second. */
const visibleIntervalMs = 17
const hiddenIntervalMs = 250

/** Something whose changes are sent: a store or a document. */
export interface Source<Change> {
  /** The changes since the last call; undefined: there are none. */
  take(): Change | undefined
}

export class ViewQueue {
  readonly #clock: Clock
  readonly #send: (batch: Batch) => void
  readonly #stores = new Map<string, { readonly name: StoreName; readonly source: Source<TableDiff> }>()
  readonly #documents = new Map<
    string,
    { readonly owner: number; readonly document: string; readonly source: Source<DocumentChange> }
  >()
  #events: PortEvent[] = []
  #droppedEvents = 0
  /** Resolve the promises of `sent`. */
  #waiting: (() => void)[] = []
  #number = 0
  #acknowledged = 0
  #nextMs = Number.NEGATIVE_INFINITY
  #isHidden = false
  #isScheduled = false
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, send: (batch: Batch) => void) {
    this.#clock = clock
    this.#send = send
  }

  addStore(name: StoreName, source: Source<TableDiff>): void {
    this.#stores.set(name.join(), { name, source })
  }

  addDocument(owner: number, document: string, source: Source<DocumentChange>): void {
    this.#documents.set([owner, document].join(), { owner, document, source })
  }

  removeDocument(owner: number, document: string): void {
    this.#documents.delete([owner, document].join())
  }

  /** Removes the stores, the documents and the events of a room or config. */
  remove(owner: number): void {
    for (const [key, { name }] of this.#stores) if (name[0] === owner) this.#stores.delete(key)
    for (const [key, entry] of this.#documents) if (entry.owner === owner) this.#documents.delete(key)
    this.#events = this.#events.filter(([from]) => from !== owner)
  }

  /** The number of events that were dropped, because the view was slow. */
  get droppedEvents(): number {
    return this.#droppedEvents
  }

  /** A store or a document has changed. */
  changed(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    // Flush after the member's present step, when all stores and events of the step have arrived here.
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  event(owner: number, type: string, detail: unknown, document?: string): void {
    this.#events.push([owner, type, detail, document])
    if (this.#events.length > maxEvents) {
      this.#events.shift()
      this.#droppedEvents += 1
    }
    this.changed()
  }

  /**
   * Sends everything that has changed so far without waiting for the interval, because a call of the view waits for it.
   * Resolves when it is sent.
   */
  sent(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      this.#nextMs = Number.NEGATIVE_INFINITY
      this.changed()
    })
  }

  acknowledge(number: number): void {
    if (number !== this.#number) return
    this.#acknowledged = number
    this.#flush()
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden
    if (isHidden) return
    this.#nextMs = Number.NEGATIVE_INFINITY
    this.#flush()
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#stores.clear()
    this.#documents.clear()
    this.#events = []
  }

  #flush(): void {
    if (this.#acknowledged !== this.#number) return
    const nowMs = this.#clock.now().monotonicMs
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (nowMs < this.#nextMs) {
      this.#cancelTimer = this.#clock.setTimer(this.#nextMs, () => this.#flush())
      return
    }
    const stores = [...this.#stores.values()].flatMap(({ name, source }) => {
      const diff = source.take()
      return diff ? [[name, diff] as const] : []
    })
    const documents = [...this.#documents.values()].flatMap(({ owner, document, source }) => {
      const change = source.take()
      return change ? [[owner, document, change] as const] : []
    })
    const events = this.#events.splice(0)
    for (const resolve of this.#waiting.splice(0)) resolve()
    if (stores.length + documents.length + events.length === 0) return
    this.#number += 1
    this.#nextMs = nowMs + (this.#isHidden ? hiddenIntervalMs : visibleIntervalMs)
    this.#send({ number: this.#number, stores, documents, events })
  }
}
