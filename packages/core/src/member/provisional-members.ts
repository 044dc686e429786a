/**
 * Provisional members: ids that this member only knows by the reports of its peers.
 *
 * A provisional member is in no table, digest or ring, and is neither dialled nor shown to the app. The record of a provisional
 * member waits here for at most a minute, so that the id can become a member when an introduction or a connection follows. At
 * most 256 ids wait, and at most 32 of one reporter; beyond that the oldest one is evicted.
 */
import type { IntroductionFact, RecordFact } from '../table/row.ts'

const maxProvisional = 256
const maxPerReporter = 32
/** Our choice: as many introducers as a newcomer usually has before its rings are complete. */
const maxIntroductions = 4
/** Our choice: one minute. The next sync brings the record of a living member again. */
const expiryMs = 60_000

export interface ProvisionalMember {
  readonly record: RecordFact
  /** By different authors. The authors need not be members. */
  readonly introductions: readonly IntroductionFact[]
  /** The peer that sent the record first. */
  readonly reporter: string
  /** When the first record arrived, in monotonic milliseconds. */
  readonly sinceMs: number
}

export class ProvisionalMembers {
  /** Oldest first. */
  readonly #members = new Map<string, ProvisionalMember>()
  readonly #perReporter = new Map<string, number>()

  get size(): number {
    return this.#members.size
  }

  get(id: string): ProvisionalMember | undefined {
    return this.#members.get(id)
  }

  /** Oldest first. */
  entries(): Iterable<[string, ProvisionalMember]> {
    return this.#members.entries()
  }

  /** Stores a record, or replaces an older record of the same id. @returns the number of evicted ids */
  add(record: RecordFact, reporter: string, nowMs: number): number {
    const known = this.#members.get(record.author)
    if (known) {
      this.#members.set(record.author, { ...known, record })
      return 0
    }
    let evicted = 0
    if ((this.#perReporter.get(reporter) ?? 0) >= maxPerReporter) evicted += this.#evictOldest(reporter)
    if (this.#members.size >= maxProvisional) evicted += this.#evictOldest()
    this.#members.set(record.author, { record, introductions: [], reporter, sinceMs: nowMs })
    this.#perReporter.set(reporter, (this.#perReporter.get(reporter) ?? 0) + 1)
    return evicted
  }

  /** Whether `introduce` would store this introduction. */
  lacks({ author, subject }: IntroductionFact): boolean {
    const introductions = this.#members.get(subject)?.introductions
    return (
      introductions !== undefined &&
      introductions.length < maxIntroductions &&
      introductions.every(known => known.author !== author)
    )
  }

  /** Stores an introduction of a provisional member. */
  introduce(fact: IntroductionFact): void {
    const known = this.#members.get(fact.subject)
    if (known && this.lacks(fact))
      this.#members.set(fact.subject, { ...known, introductions: [...known.introductions, fact] })
  }

  /** Removes and returns a provisional member. */
  take(id: string): ProvisionalMember | undefined {
    const taken = this.#members.get(id)
    if (!taken) return undefined
    this.#members.delete(id)
    const left = (this.#perReporter.get(taken.reporter) ?? 0) - 1
    if (left > 0) this.#perReporter.set(taken.reporter, left)
    else this.#perReporter.delete(taken.reporter)
    return taken
  }

  /** Deletes the ids that have waited for a minute. */
  expire(nowMs: number): void {
    for (const [id, { sinceMs }] of this.#members) if (nowMs - sinceMs >= expiryMs) this.take(id)
  }

  #evictOldest(reporter?: string): number {
    for (const [id, each] of this.#members)
      if (reporter === undefined || each.reporter === reporter) {
        this.take(id)
        return 1
      }
    return 0
  }
}
