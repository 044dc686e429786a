/** Space offers: offers the content of the spaces to connected members, at the times of the schedule. */
import { sample } from '../base/arrays.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { holderGroups } from './extra-peers.ts'
import { OfferSchedule, offerFanout } from './offer-schedule.ts'
import type { OpenSpaces } from './open-spaces.ts'
import { offerSpace } from './space-exchange.ts'
import type { SpaceMembers } from './space-members.ts'
import type { SpaceOutbox } from './space-outbox.ts'
import type { ClusterView } from './space-roster.ts'
import { requestingAnswer } from './step-rules.ts'

export interface SpaceOffersOptions {
  readonly spaces: OpenSpaces
  readonly members: SpaceMembers
  readonly outbox: SpaceOutbox
  readonly view: ClusterView
  readonly random: () => number
}

export class SpaceOffers {
  readonly schedule: OfferSchedule
  readonly #options: SpaceOffersOptions

  constructor(options: SpaceOffersOptions, nowMs: number) {
    this.#options = options
    this.schedule = new OfferSchedule(options.random, nowMs)
  }

  /** Offers spaces to one member. */
  offer(to: string, spaces: readonly string[]): void {
    this.#options.outbox.send(to, this.#stepsOf(to, spaces))
  }

  /** Asks a few members for the ids of their facts. The members answer even if nothing differs. */
  requestFactIds(space: string, nowMs: number): void {
    const { spaces, outbox } = this.#options
    const facts = spaces.current.get(space)?.replica.facts
    if (!facts) return
    for (const id of this.#someIn(space, offerFanout))
      outbox.request(id, [{ space, storedIds: facts.storedIds(undefined, true) }], nowMs)
  }

  /** Sends the offers that are due. */
  offerDue(nowMs: number): void {
    for (const [space, fanout] of this.schedule.takeDue(nowMs))
      for (const id of this.#someIn(space, fanout)) this.offer(id, [space])
  }

  /** Offers all shared spaces to one connected member and to one that holds a document, if the interval has ended. */
  offerAllIfDue(nowMs: number): void {
    if (!this.schedule.takeInterval(nowMs)) return
    const { spaces, members, view, random } = this.#options
    const candidates = view.connected().filter(id => members.sharedWith(id).length > 0)
    const holders = new Set([...holderGroups(spaces.current)].flatMap(({ holders }) => holders))
    const targets = [candidates, candidates.filter(id => holders.has(id))].flatMap(from =>
      sample(from, 1, random),
    )
    this.tryConnections(new Set(targets), nowMs)
  }

  /**
   * Offers all shared spaces to those of the members that are connected. Their answers prove that the connections work. Without
   * an answer, two equal holders would never notice a dead connection.
   */
  tryConnections(ids: Iterable<string>, nowMs: number): void {
    const { members, outbox, view } = this.#options
    for (const id of ids)
      if (view.connected().includes(id))
        outbox.request(id, requestingAnswer(this.#stepsOf(id, members.sharedWith(id))), nowMs)
  }

  #someIn(space: string, count: number): string[] {
    const { members, random } = this.#options
    return sample(members.connectedIn(space), count, random)
  }

  #stepsOf(to: string, spaces: readonly string[]): SpaceStep[] {
    return spaces.flatMap(space => {
      const open = this.#options.spaces.current.get(space)
      return open ? [offerSpace(space, open.replica, to)] : []
    })
  }
}
