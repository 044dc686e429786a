/**
 * Spaces: the rooms and shared configs that the local member is in, without sockets and clocks (sans-I/O).
 *
 * The rules are those of the membership machine: facts arrive signed and verified, and the local member's own facts
 * take the same path as those of other members. No method waits. Methods return effects, and the caller passes in the
 * time.
 */

import type { ConnectionEvent } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { DocumentRequests } from './document-requests.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { ExtraPeers } from './extra-peers.ts'
import { offerFanout } from './offer-schedule.ts'
import { type OpenSpace, OpenSpaces } from './open-spaces.ts'
import { Reachability } from './reachability.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import { type RatedRumor, SpaceLimits } from './space-limits.ts'
import { SpaceMembers } from './space-members.ts'
import { SpaceOffers } from './space-offers.ts'
import { SpaceOutbox, type SpacesEffect } from './space-outbox.ts'
import type { Admission, SpaceReplica } from './space-replica.ts'
import type { ClusterView } from './space-roster.ts'
import { continueStreams, rejectUnopened } from './step-rules.ts'

export interface SpacesOptions {
  readonly view: ClusterView
  readonly random: () => number
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

const sweepIntervalMs = 30_000

/**
 * How much a member stores for its spaces. Tests and the simulator check that each of these numbers is
 * bounded.
 */
/** How many documents the member has open or carries, and how many Yjs items these contain, deleted ones included. */
export interface DocumentsUsage {
  readonly documents: number
  readonly items: number
}

export interface SpacesUsage {
  /** Spaces that the member is in. */
  readonly spaces: number
  /** Signed facts: presence fields and config entries. */
  readonly facts: number
  /** Document streams under way. */
  readonly transfers: number
  /** Facts and updates so far that broke a rule of their space. They changed nothing. */
  readonly rejected: number
  /** Rumors, broadcasts and document updates so far that exceeded a rate. They were neither merged nor forwarded. */
  readonly limited: number
  /** Client ids so far under which two replicas of a document wrote. */
  readonly collisions: number
  /** Messages so far about private rooms that no member of the room had sealed. They changed nothing. */
  readonly unopened: number
}

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new OpenSpaces()
  /** Spaces that may have changed since the last call of `takeTouched`. */
  readonly #touched = new Set<string>()
  readonly #members: SpaceMembers
  readonly #limits: SpaceLimits
  readonly #reachability = new Reachability()
  readonly #outbox = new SpaceOutbox(this.#reachability)
  readonly #offers: SpaceOffers
  readonly #extraPeers: ExtraPeers
  readonly #documents: DocumentRequests
  #startAt = 0
  #sweepDueMs: number
  #rejected = 0
  #collisions = 0
  #unopened = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    const { view, random } = options
    this.#members = new SpaceMembers(view)
    this.#limits = new SpaceLimits(this.#spaces, this.#members)
    this.#extraPeers = new ExtraPeers(view, this.#members, this.#reachability)
    const parts = { spaces: this.#spaces, members: this.#members, outbox: this.#outbox, random }
    this.#offers = new SpaceOffers({ ...parts, view }, nowMs)
    this.#documents = new DocumentRequests({ ...parts, reachability: this.#reachability })
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  usage(): SpacesUsage {
    const spaces = [...this.#spaces.current.values()]
    return {
      spaces: spaces.length,
      facts: spaces.reduce((sum, { replica }) => sum + replica.facts.size, 0),
      transfers: spaces.reduce((sum, { transfers }) => sum + transfers.size, 0),
      rejected: this.#rejected,
      limited: this.#limits.exceeded,
      collisions: this.#collisions,
      unopened: this.#unopened,
    }
  }

  documentsUsage(): DocumentsUsage {
    const spaces = [...this.#spaces.current.values()]
    const documents = spaces.flatMap(({ replica }) => [...replica.documents.values()])
    return { documents: documents.length, items: documents.reduce((sum, { items }) => sum + items, 0) }
  }

  /** The number of open streams that send local changes. */
  get pushes(): number {
    let count = 0
    for (const { transfers } of this.#spaces.allSubscribed()) count += transfers.pushes
    return count
  }

  /** The facts and documents of a space; undefined if the member is not in it. */
  contentOf(space: string): SpaceReplica | undefined {
    return this.#spaces.current.get(space)?.replica
  }

  /** Whether rumors of a space are checked: the member is in the space, or left it a moment ago. */
  isSubscribed(space: string): boolean {
    return this.#spaces.subscribed(space) !== undefined
  }

  /**
   * Enters a space.
   *
   * @param least the generation is at least this number: the local incarnation
   * @returns the generation
   */
  enter(space: string, replica: SpaceReplica, least: number, now: Instant): number {
    const { generation, isNew } = this.#spaces.enter(space, replica, least)
    this.#members.enter(space)
    this.#offers.schedule.entered(space, now.monotonicMs)
    this.#extraPeers.regroup(now.monotonicMs)
    if (isNew) this.#outbox.push({ type: 'subscribe', space })
    this.#announce()
    return generation
  }

  leave(space: string, now: Instant): void {
    if (!this.#spaces.leave(space, now.monotonicMs)) return
    this.#documents.left(space)
    this.#offers.schedule.left(space)
    this.#members.leave(space)
    this.#extraPeers.left(space)
    this.#extraPeers.regroup(now.monotonicMs)
    this.#announce()
  }

  admit(space: string, fact: SpaceFact, now: Instant): Admission {
    const admission = this.#isUpdateOfReader(fact)
      ? 'rejected'
      : (this.#spaces.subscribed(space)?.replica.admit(fact, now) ?? 'stale')
    if (admission === 'rejected') this.#rejected += 1
    return admission
  }

  /** Counts the facts of a rumor. @returns whether the rates allow it */
  isWithinRates(rumor: RatedRumor, nowMs: number): boolean {
    return this.#limits.takeRumor(rumor, nowMs)
  }

  /** Counts a broadcast of the local member. @returns whether its rate allows it */
  mayBroadcast(bytes: number, nowMs: number): boolean {
    return this.#limits.takeOwn('events', bytes, nowMs)
  }

  /** Merges verified facts from a rumor. @param from the peer that forwarded the rumor */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.#merge(space, facts, now)
    const state = this.#spaces.current.get(space)
    if (state) this.#documents.requestMissing(state, from, now.monotonicMs)
  }

  /**
   * Merges and publishes the local member's signed facts. The driver sends them as one rumor, or as several if they are too
   * long for one. Facts beyond the member's own rate are not published: the exchanges bring them to the other members. The
   * same holds for the parts of a long update, which are offered soon: as rumors, each member would get them several times.
   */
  publish(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const replica = this.#spaces.current.get(space)?.replica
    // The app may have left the space before its last facts are signed.
    if (!this.isSubscribed(space)) return
    const newFacts = facts.filter(fact => !replica || replica.admit(fact, now) === 'new')
    for (const fact of newFacts) replica?.merge(fact, now)
    this.#touched.add(space)
    const published = newFacts.filter(
      fact =>
        fact.type === 'event' ||
        (!isPart(fact) && this.#limits.takeOwn('state', fact.payload.length, now.monotonicMs)),
    )
    if (published.length > 0) this.#outbox.push({ type: 'publish', space, facts: published })
    if (newFacts.some(isPart))
      this.#offers.schedule.offerSoon(space, Number.POSITIVE_INFINITY, now.monotonicMs)
    this.#offers.schedule.changed(now.monotonicMs)
  }

  /** Sends local updates that are too long for a rumor to all connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates, now: Instant): void {
    const state = this.#spaces.current.get(space)
    if (!state) return
    // If a stream is lost, the next exchange follows soon.
    this.#offers.schedule.changed(now.monotonicMs)
    this.#documents.push(state, document, updates, now.monotonicMs)
  }

  /** Requests missing updates from one member that holds the document. The other holders get an offer. */
  request(space: string, document: string, now: Instant): void {
    const state = this.#spaces.current.get(space)
    if (state) this.#documents.request(state, document, now.monotonicMs)
  }

  /** Dials to the member failed, or it is connected and does not answer. */
  isUnreachable(id: string): boolean {
    return this.#reachability.isUnreachable(id)
  }

  /** Two replicas of a document wrote under one client id. */
  collided(): void {
    this.#collisions += 1
  }

  /** A message about a private room could not be opened. */
  unopened(): void {
    this.#unopened += 1
  }

  /** The set of holders of a document changed: other connections may be needed. */
  regroup(space: string, now: Instant): void {
    this.#touched.add(space)
    this.#extraPeers.regroup(now.monotonicMs)
    if (this.#spaces.current.has(space)) this.#documents.recruitSoon(space, now.monotonicMs)
  }

  /** Asks a few members for the ids of their facts. They answer even if nothing differs. */
  requestFactIds(space: string, now: Instant): void {
    this.#offers.requestFactIds(space, now.monotonicMs)
  }

  /** Handles steps of exchanges. The caller has verified the new facts in them. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.reset(from)) this.#regroupWith(from, now)
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const recentlyLeft = this.#spaces.recentlyLeft(step.space)
      const space = this.#spaces.current.get(step.space)
      if (space) answers.push(...this.#answer(space, from, step, now))
      else if (recentlyLeft)
        answers.push(...continueStreams(recentlyLeft.transfers, from, step, now.monotonicMs))
    }
    this.#outbox.request(from, answers, now.monotonicMs)
  }

  connectionChanged(id: string, state: ConnectionEvent, now: Instant): void {
    switch (state) {
      case 'open':
        this.#connectionOpened(id, now)
        break
      case 'closed':
      case 'released':
        this.#connectionClosed(id, now)
        break
      case 'refused':
      case 'unreachable':
      case 'network-down':
        this.#dialFailed(id, now)
        break
    }
  }

  #connectionOpened(id: string, now: Instant): void {
    if (this.#reachability.reset(id)) this.#regroupWith(id, now)
    this.#extraPeers.regroup(now.monotonicMs)
    const { view } = this.#options
    // Only one of the two ends begins. After a change of the network, the other end may not have noticed a new connection.
    if (view.self < id || view.isReconnecting()) this.#offers.offer(id, this.#members.sharedWith(id))
  }

  #connectionClosed(id: string, now: Instant): void {
    this.#reachability.closed(id)
    this.#extraPeers.regroup(now.monotonicMs)
    for (const { replica, transfers } of this.#spaces.allSubscribed()) {
      transfers.closed(id)
      for (const { state } of replica.documents.values()) state.closed(id)
    }
  }

  /** Another connection may have to replace this one. */
  #dialFailed(id: string, now: Instant): void {
    if (this.#options.view.connected().includes(id)) return
    if (this.#reachability.failed(id)) this.#regroupWith(id, now)
  }

  memberChanged(id: string, now: Instant): void {
    for (const [space, { replica }] of this.#spaces.current)
      if (replica.memberChanged(id)) this.#touched.add(space)
    const { joined, left } = this.#members.changed(id)
    if (joined.length + left.length > 0) this.#extraPeers.regroup(now.monotonicMs)
    if (!this.#members.has(id)) this.#reachability.reset(id)
    if (joined.length > 0 && this.#options.view.connected().includes(id)) this.#offers.offer(id, joined)
  }

  /**
   * Members of a space that are alive, or suspect after having been alive in the local view; without the local
   * member.
   */
  othersIn(space: string): string[] {
    return this.#members.othersIn(space)
  }

  /** Members of a space that are suspect and were never alive in the local view. */
  suspectsIn(space: string): string[] {
    return this.#members.suspectsIn(space)
  }

  /** Whether a member is in a space, and present. */
  isMember(id: string, space: string): boolean {
    return this.#members.isPresentIn(id, space)
  }

  /** Members of a space that are connected to the local member. */
  connectedIn(space: string): string[] {
    return this.#members.connectedIn(space)
  }

  advance(now: Instant): void {
    const nowMs = now.monotonicMs
    for (const space of this.#spaces.takeUnsubscribed(nowMs))
      this.#outbox.push({ type: 'unsubscribe', space })
    this.#offers.offerDue(nowMs)
    for (const id of this.#reachability.advance(nowMs)) this.#regroupWith(id, now)
    const extraPeers = this.#extraPeers.take(this.#spaces.current, nowMs)
    if (extraPeers) this.#outbox.push({ type: 'extra-peers', ids: extraPeers })
    this.#documents.recruitDue(this.#spaces.current, nowMs)
    this.#offers.offerAllIfDue(nowMs)
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Called at intervals, and when the wall clock was set. */
  sweep(now: Instant): void {
    this.#limits.sweep(now.monotonicMs)
    for (const [space, { replica, transfers }] of this.#spaces.current) {
      transfers.sweep(now.monotonicMs)
      replica.sweep(now)
      this.#touched.add(space)
    }
  }

  /** When `advance` is due, in monotonic ms. */
  deadlineMs(): number {
    if (this.#spaces.isEmpty) return Number.POSITIVE_INFINITY
    return Math.min(
      this.#offers.schedule.nextMs,
      this.#documents.nextMs,
      this.#spaces.nextMs,
      this.#extraPeers.dueMs,
      this.#reachability.dueMs,
      this.#sweepDueMs,
    )
  }

  /** Spaces that may have changed since the last call. */
  takeTouched(): string[] {
    const touched = [...this.#touched]
    this.#touched.clear()
    return touched
  }

  /** The effects since the last call. */
  take(): SpacesEffect[] {
    return this.#outbox.take()
  }

  #answer(space: OpenSpace, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { replica, transfers } = space
    const nowMs = now.monotonicMs
    this.#touched.add(step.space)
    const agreed = agreesWithSpace(replica, step)
    if (agreed) this.#offers.schedule.agreed()
    else if (agreed === false) this.#offers.schedule.changed(nowMs)
    const areNew = this.#merge(step.space, step.facts ?? [], now)
    if (agreed || (step.storedIds && replica.facts.equals(step.storedIds)))
      this.#outbox.push({ type: 'agreed', space: step.space, with: from })
    const { maxDeltaBytes = this.#options.maxDeltaBytes } = replica
    const facts = answerFacts(replica, step, { startAt: this.#startAt++, maxDeltaBytes })
    let isAnyNew = false
    const documents = (step.documents ?? []).flatMap(each => {
      if (each.carry) replica.carry(each.document, now)
      const sync = replica.documents.get(each.document)
      if (!sync) return rejectUnopened(transfers, from, each)
      if (each.piece && this.#options.view.isReader?.(from)) {
        sync.state.reject(from, nowMs)
        return [transfers.cancel(from, each.document, each.piece.transfer)]
      }
      const { clientRates } = this.#limits
      const answer = answerInEpoch({ sync, transfers, clientRates, nowMs }, from, each)
      this.#rejected += answer.rejected
      this.#limits.recordExceeded(answer.limited)
      isAnyNew ||= answer.isNew
      return answer.steps
    })
    // An author sends its own facts in a frame if its rumor was lost, for instance because the author was not connected
    // then.
    const isFromAuthor = areNew && step.facts?.some(({ author }) => author === from)
    // If document content is new, or the facts are new and come from their author, offer them to all connected members.
    // Otherwise these members would wait for the next exchange.
    if (isAnyNew || isFromAuthor) this.#offers.schedule.offerSoon(step.space, Number.POSITIVE_INFINITY, nowMs)
    else if (areNew) this.#offers.schedule.offerSoon(step.space, offerFanout, nowMs)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // The sender has more facts. Without progress, asking again would bring the same facts.
      ...(step.more && areNew ? [offerSpace(step.space, replica, from)] : []),
    ]
  }

  #merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const replica = this.#spaces.current.get(space)?.replica
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
    if (facts.length > 0) this.#touched.add(space)
    if (isAnyNew) this.#offers.schedule.changed(now.monotonicMs)
    return isAnyNew
  }

  /** Readers may not write documents, and nobody signs the content of streams: no member takes it from them. */
  #isUpdateOfReader({ type, author }: SpaceFact): boolean {
    return type === 'update' && (this.#options.view.isReader?.(author) ?? false)
  }

  /** A member became reachable or unreachable. */
  #regroupWith(id: string, now: Instant): void {
    for (const space of this.#members.sharedWith(id)) this.regroup(space, now)
  }

  #announce(): void {
    this.#outbox.push({ type: 'announce', spaces: this.#spaces.generations() })
  }
}

/** Whether the fact is one of several parts of an update. */
function isPart(fact: SpaceFact): boolean {
  return fact.type === 'change' && fact.part !== undefined
}
