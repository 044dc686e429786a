/**
 * Space facts: which facts the spaces of the local member accept, and what follows from a new fact.
 *
 * The replica of a space decides about each fact. An accepted fact is merged before anything is sent about it. Updates by
 * readers are rejected, regardless of the peer that forwards them.
 */
import type { Instant } from '../base/clock.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { OfferSchedule } from './offer-schedule.ts'
import type { OpenSpaces } from './open-spaces.ts'
import type { SpaceLimits } from './space-limits.ts'
import type { SpaceOutbox } from './space-outbox.ts'
import type { Admission } from './space-replica.ts'
import type { ClusterView } from './space-roster.ts'

export interface SpaceFactsOptions {
  readonly spaces: OpenSpaces
  readonly limits: SpaceLimits
  readonly outbox: SpaceOutbox
  readonly schedule: OfferSchedule
  readonly view: Pick<ClusterView, 'isReader'>
}

export class SpaceFacts {
  readonly #options: SpaceFactsOptions
  #rejected = 0

  constructor(options: SpaceFactsOptions) {
    this.#options = options
  }

  /** How many facts and updates so far broke a rule of their space. */
  get rejected(): number {
    return this.#rejected
  }

  /** Counts updates of streams that broke a rule. */
  recordRejected(updates: number): void {
    this.#rejected += updates
  }

  /** Whether a fact is worth a check of its signature. */
  admit(space: string, fact: SpaceFact, now: Instant): Admission {
    const admission = this.#isUpdateOfReader(fact)
      ? 'rejected'
      : (this.#options.spaces.subscribed(space)?.replica.admit(fact, now) ?? 'stale')
    if (admission === 'rejected') this.#rejected += 1
    return admission
  }

  /** Merges verified facts. @returns whether any was new */
  merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const { spaces, outbox, schedule } = this.#options
    const replica = spaces.current.get(space)?.replica
    let isAnyNew = false
    for (const fact of facts) {
      if (replica?.admit(fact, now) !== 'new') continue
      if (fact.type === 'update') {
        const outcome = replica.mergeUpdate(fact)
        if (outcome === 'rejected') this.#rejected += 1
        if (outcome !== 'new') continue
      } else replica.merge(fact, now)
      isAnyNew = true
    }
    if (facts.length > 0) outbox.touch(space)
    if (isAnyNew) schedule.changed(now.monotonicMs)
    return isAnyNew
  }

  /**
   * Merges and publishes the local member's signed facts. The driver sends them as one rumor, or as several if they are too
   * long for one. Facts beyond the member's own rate are not published: the exchanges bring them to the other members. The
   * same holds for the parts of a long update, which are offered soon: as rumors, each member would get them several times.
   */
  publish(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const { spaces, limits, outbox, schedule } = this.#options
    // The app may have left the space before its last facts are signed.
    if (!spaces.subscribed(space)) return
    const replica = spaces.current.get(space)?.replica
    const newFacts = facts.filter(fact => !replica || replica.admit(fact, now) === 'new')
    for (const fact of newFacts) replica?.merge(fact, now)
    outbox.touch(space)
    const published = newFacts.filter(
      fact =>
        fact.type === 'event' ||
        (!isPart(fact) && limits.takeOwn('state', fact.payload.length, now.monotonicMs)),
    )
    if (published.length > 0) outbox.push({ type: 'publish', space, facts: published })
    if (newFacts.some(isPart)) schedule.offerSoon(space, Number.POSITIVE_INFINITY, now.monotonicMs)
    schedule.changed(now.monotonicMs)
  }

  /** Readers may not write documents. Streams are not signed, so members accept no content of a stream from a reader. */
  #isUpdateOfReader({ type, author }: SpaceFact): boolean {
    return type === 'update' && (this.#options.view.isReader?.(author) ?? false)
  }
}

/** Whether the fact is one of several parts of an update. */
function isPart(fact: SpaceFact): boolean {
  return fact.type === 'change' && fact.part !== undefined
}
