/**
 * Spaces: the rooms and shared configs that the local member is in, without sockets and clocks (sans-I/O).
 *
 * The rules are those of the membership machine: facts arrive signed and verified, and the local member's own facts
 * take the same path as those of other members. No method waits. Methods return effects, and the caller passes in the
 * time.
 */

import type { ConnectionEvent } from '@hearsay/failure-detector'
import { sample } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'
import { limits } from '../wire/limits.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { Deadlines } from './deadlines.ts'
import { DocumentRequests, type DocumentSpace } from './document-requests.ts'
import { ChunkedTransfers } from './documents/chunked-transfers.ts'
import { ClientRates } from './documents/client-rates.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { ExtraPeers, holderGroups } from './extra-peers.ts'
import { OfferSchedule, offerFanout } from './offer-schedule.ts'
import { Reachability } from './reachability.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import { SpaceMembers } from './space-members.ts'
import { SpaceOutbox, type SpacesEffect } from './space-outbox.ts'
import { SpaceRates } from './space-rates.ts'
import type { Admission, SpaceReplica } from './space-replica.ts'
import type { ClusterView } from './space-roster.ts'
import { continueStreams, rejectUnopened, requestingAnswer } from './step-rules.ts'

export interface SpacesOptions {
  readonly view: ClusterView
  readonly random: () => number
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

interface Space extends DocumentSpace {
  readonly generation: number
}

const sweepIntervalMs = 30_000
/**
 * How long after the app left a space the member unsubscribes. An app that returns sooner finds the space unchanged.
 */
const keepServingMs = 15_000

/**
 * How much a member stores for its spaces. Tests and the simulator check that each of these numbers is
 * bounded.
 */
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
}

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new Map<string, Space>()
  /** Spaces that the app left, until they are unsubscribed: their rumors are still forwarded, their streams continue. */
  readonly #recentlyLeft = new Map<string, Space>()
  /** Spaces that may have changed since the last call of `takeTouched`. */
  readonly #touched = new Set<string>()
  readonly #members: SpaceMembers
  readonly #rates = new SpaceRates()
  readonly #clientRates = new ClientRates()
  readonly #reachability = new Reachability()
  readonly #offers: OfferSchedule
  readonly #extraPeers: ExtraPeers
  readonly #outbox = new SpaceOutbox(this.#reachability)
  readonly #documents: DocumentRequests
  /** When to unsubscribe a space that the app left. */
  readonly #unsubscribing = new Deadlines()
  #lastGeneration = 0
  #startAt = 0
  #sweepDueMs: number
  #rejected = 0
  #limited = 0
  #collisions = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    const { view, random } = options
    this.#members = new SpaceMembers(view)
    this.#offers = new OfferSchedule(random, nowMs)
    this.#extraPeers = new ExtraPeers(view, this.#members, this.#reachability)
    this.#documents = new DocumentRequests({
      members: this.#members,
      reachability: this.#reachability,
      outbox: this.#outbox,
      random,
    })
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  usage(): SpacesUsage {
    const spaces = [...this.#spaces.values()]
    return {
      spaces: spaces.length,
      facts: spaces.reduce((sum, { replica }) => sum + replica.facts.size, 0),
      transfers: spaces.reduce((sum, { transfers }) => sum + transfers.size, 0),
      rejected: this.#rejected,
      limited: this.#limited,
      collisions: this.#collisions,
    }
  }

  /** The number of open streams that send local changes. */
  get pushes(): number {
    let count = 0
    for (const { transfers } of [...this.#spaces.values(), ...this.#recentlyLeft.values()])
      count += transfers.pushes
    return count
  }

  /** Whether rumors of a space are checked: the member is in the space, or left it less than `keepServingMs` ago. */
  isSubscribed(space: string): boolean {
    return this.#spaces.has(space) || this.#recentlyLeft.has(space)
  }

  /**
   * Enters a space.
   *
   * @param least the generation is at least this number: the local incarnation
   * @returns the generation
   */
  enter(space: string, replica: SpaceReplica, least: number, now: Instant): number {
    const generation = Math.max(this.#lastGeneration + 1, least)
    this.#lastGeneration = generation
    const transfers = new ChunkedTransfers({ maxBytes: limits.maxUpdateBytes })
    this.#spaces.set(space, { space, generation, replica, transfers })
    this.#members.enter(space)
    this.#offers.entered(space, now.monotonicMs)
    this.#extraPeers.regroup(now.monotonicMs)
    this.#unsubscribing.delete(space)
    if (!this.#recentlyLeft.delete(space)) this.#outbox.push({ type: 'subscribe', space })
    this.#announce()
    return generation
  }

  leave(space: string, now: Instant): void {
    const left = this.#spaces.get(space)
    if (!left) return
    this.#spaces.delete(space)
    this.#recentlyLeft.set(space, left)
    this.#unsubscribing.set(space, now.monotonicMs + keepServingMs)
    this.#documents.left(space)
    this.#offers.left(space)
    this.#members.leave(space)
    this.#extraPeers.left(space)
    this.#extraPeers.regroup(now.monotonicMs)
    this.#announce()
  }

  admit(space: string, fact: SpaceFact, now: Instant): Admission {
    const { replica } = this.#spaces.get(space) ?? this.#recentlyLeft.get(space) ?? {}
    const admission = replica?.admit(fact, now) ?? 'stale'
    if (admission === 'rejected') this.#rejected += 1
    return admission
  }

  /** Counts the facts of a rumor. @returns whether the rates allow it. @param others facts that are not new */
  isWithinRates(
    space: string,
    from: string,
    newFacts: readonly SpaceFact[],
    others: readonly SpaceFact[],
    nowMs: number,
  ): boolean {
    const isAllowed =
      newFacts.every(
        fact =>
          (this.#members.isPresentIn(fact.author, space)
            ? this.#rates.takeOfMember(fact, nowMs)
            : this.#rates.takeOfPeer(from, fact, nowMs)) && this.#mayAddClients(space, from, fact, nowMs),
      ) && others.every(fact => this.#rates.takeOfPeer(from, fact, nowMs))
    if (!isAllowed) this.#limited += 1
    return isAllowed
  }

  #mayAddClients(space: string, from: string, fact: SpaceFact, nowMs: number): boolean {
    if (fact.type !== 'update') return true
    const sync = this.#spaces.get(space)?.replica.documents.get(fact.document)
    const added = sync?.newClients(fact.update) ?? 0
    if (!sync || added === 0) return true
    return this.#members.isPresentIn(fact.author, space)
      ? this.#clientRates.takeOfAuthor(fact.author, added, nowMs)
      : this.#clientRates.takeOfPeer(from, added, sync.digest.clients, nowMs)
  }

  /** Counts a broadcast of the local member. @returns whether its rate allows it */
  mayBroadcast(bytes: number, nowMs: number): boolean {
    return this.#rates.takeOwn('events', bytes, nowMs)
  }

  /** Merges verified facts from a rumor. @param from the peer that forwarded the rumor */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.#merge(space, facts, now)
    const state = this.#spaces.get(space)
    if (state) this.#documents.requestMissing(state, from, now.monotonicMs)
  }

  /**
   * Merges and publishes the local member's signed facts. The driver sends them as one rumor, or as several if they are too
   * long for one. Facts beyond the member's own rate are not published: the exchanges bring them to the other members.
   */
  publish(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const replica = this.#spaces.get(space)?.replica
    // The app may have left the space before its last facts are signed.
    if (!replica && !this.#recentlyLeft.has(space)) return
    const newFacts = facts.filter(fact => !replica || replica.admit(fact, now) === 'new')
    for (const fact of newFacts) replica?.merge(fact, now)
    this.#touched.add(space)
    const published = newFacts.filter(
      ({ type, payload }) =>
        type === 'event' || this.#rates.takeOwn('state', payload.length, now.monotonicMs),
    )
    if (published.length > 0) this.#outbox.push({ type: 'publish', space, facts: published })
    this.#offers.changed(now.monotonicMs)
  }

  /** Sends local updates that are too long for a rumor to all connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates, now: Instant): void {
    const state = this.#spaces.get(space)
    if (!state) return
    // If a stream is lost, the next exchange follows soon.
    this.#offers.changed(now.monotonicMs)
    this.#documents.push(state, document, updates, now.monotonicMs)
  }

  /** Requests missing updates from one member that holds the document. The other holders get an offer. */
  request(space: string, document: string, now: Instant): void {
    const state = this.#spaces.get(space)
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

  /** The set of holders of a document changed: other connections may be needed. */
  regroup(space: string, now: Instant): void {
    this.#touched.add(space)
    this.#extraPeers.regroup(now.monotonicMs)
    if (this.#spaces.has(space)) this.#documents.recruitSoon(space, now.monotonicMs)
  }

  /** Asks a few members for the ids of their facts. They answer even if nothing differs. */
  requestFactIds(space: string, now: Instant): void {
    const facts = this.#spaces.get(space)?.replica.facts
    if (!facts) return
    for (const id of sample(this.connectedIn(space), offerFanout, this.#options.random))
      this.#outbox.request(id, [{ space, storedIds: facts.storedIds(undefined, true) }], now.monotonicMs)
  }

  /** Handles steps of exchanges. The caller has verified the new facts in them. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.reset(from)) this.#regroupWith(from, now)
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const recentlyLeft = this.#recentlyLeft.get(step.space)
      const space = this.#spaces.get(step.space)
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
    if (view.self < id || view.isReconnecting()) this.#offer(id, this.#members.sharedWith(id))
  }

  #connectionClosed(id: string, now: Instant): void {
    this.#reachability.closed(id)
    this.#extraPeers.regroup(now.monotonicMs)
    for (const { replica, transfers } of [...this.#spaces.values(), ...this.#recentlyLeft.values()]) {
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
    for (const [space, { replica }] of this.#spaces) if (replica.memberChanged(id)) this.#touched.add(space)
    const { joined, left } = this.#members.changed(id)
    if (joined.length + left.length > 0) this.#extraPeers.regroup(now.monotonicMs)
    if (!this.#members.has(id)) this.#reachability.reset(id)
    if (joined.length > 0 && this.#options.view.connected().includes(id)) this.#offer(id, joined)
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

  /** Members of a space that are connected to the local member. */
  connectedIn(space: string): string[] {
    return this.#members.connectedIn(space)
  }

  advance(now: Instant): void {
    const nowMs = now.monotonicMs
    for (const space of this.#unsubscribing.takeDue(nowMs)) {
      this.#recentlyLeft.delete(space)
      this.#outbox.push({ type: 'unsubscribe', space })
    }
    for (const [space, fanout] of this.#offers.takeDue(nowMs))
      for (const id of sample(this.connectedIn(space), fanout, this.#options.random)) this.#offer(id, [space])
    for (const id of this.#reachability.advance(nowMs)) this.#regroupWith(id, now)
    const extraPeers = this.#extraPeers.take(this.#spaces, nowMs)
    if (extraPeers) this.#outbox.push({ type: 'extra-peers', ids: extraPeers })
    this.#documents.recruitDue(this.#spaces, nowMs)
    if (this.#offers.takeInterval(nowMs)) this.#offerAll(nowMs)
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Called at intervals, and when the wall clock was set. */
  sweep(now: Instant): void {
    this.#rates.sweep(now.monotonicMs)
    this.#clientRates.sweep(now.monotonicMs)
    for (const [space, { replica, transfers }] of this.#spaces) {
      transfers.sweep(now.monotonicMs)
      replica.sweep(now)
      this.#touched.add(space)
    }
  }

  /** When `advance` is due, in monotonic ms. */
  deadlineMs(): number {
    if (this.#spaces.size === 0 && this.#recentlyLeft.size === 0) return Number.POSITIVE_INFINITY
    return Math.min(
      this.#offers.nextMs,
      this.#documents.nextMs,
      this.#unsubscribing.nextMs,
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

  #answer(space: Space, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { replica, transfers } = space
    const nowMs = now.monotonicMs
    this.#touched.add(step.space)
    const agreed = agreesWithSpace(replica, step)
    if (agreed) this.#offers.agreed()
    else if (agreed === false) this.#offers.changed(nowMs)
    const areNew = this.#merge(step.space, step.facts ?? [], now)
    if (agreed || (step.storedIds && replica.facts.equals(step.storedIds)))
      this.#outbox.push({ type: 'agreed', space: step.space, with: from })
    const { maxDeltaBytes } = this.#options
    const facts = answerFacts(replica, step, { startAt: this.#startAt++, maxDeltaBytes })
    let isAnyNew = false
    const documents = (step.documents ?? []).flatMap(each => {
      if (each.carry) replica.carry(each.document, now)
      const sync = replica.documents.get(each.document)
      if (!sync) return rejectUnopened(transfers, from, each)
      const answer = answerInEpoch({ sync, transfers, clientRates: this.#clientRates, nowMs }, from, each)
      this.#rejected += answer.rejected
      this.#limited += answer.limited
      isAnyNew ||= answer.isNew
      return answer.steps
    })
    // The author's own facts come this way if its rumor was lost, for instance because it was not connected then.
    const isFromAuthor = areNew && step.facts?.some(({ author }) => author === from)
    // All connected members get an offer of new document content, and of such facts: any member without one would wait
    // for the next exchange.
    if (isAnyNew || isFromAuthor) this.#offers.offerSoon(step.space, Number.POSITIVE_INFINITY, nowMs)
    else if (areNew) this.#offers.offerSoon(step.space, offerFanout, nowMs)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // The sender has more facts. Without progress, asking again would bring the same facts.
      ...(step.more && areNew ? [offerSpace(step.space, replica, from)] : []),
    ]
  }

  /** Offers all shared spaces to one connected member, and to one that holds a document. */
  #offerAll(nowMs: number): void {
    const candidates = this.#options.view.connected().filter(id => this.#members.sharedWith(id).length > 0)
    const holders = new Set([...holderGroups(this.#spaces)].flat())
    const targets = [candidates, candidates.filter(id => holders.has(id))].flatMap(from =>
      sample(from, 1, this.#options.random),
    )
    // The answer proves that the connection works. Without it, two equal holders would never notice a dead
    // connection.
    for (const id of new Set(targets))
      this.#outbox.request(id, requestingAnswer(this.#stepsOf(id, this.#members.sharedWith(id))), nowMs)
  }

  #merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const replica = this.#spaces.get(space)?.replica
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
    if (isAnyNew) this.#offers.changed(now.monotonicMs)
    return isAnyNew
  }

  #offer(to: string, spaces: readonly string[]): void {
    this.#outbox.send(to, this.#stepsOf(to, spaces))
  }

  #stepsOf(to: string, spaces: readonly string[]): SpaceStep[] {
    return spaces.flatMap(space => {
      const state = this.#spaces.get(space)
      return state ? [offerSpace(space, state.replica, to)] : []
    })
  }

  /** A member became reachable or unreachable. */
  #regroupWith(id: string, now: Instant): void {
    for (const space of this.#members.sharedWith(id)) this.regroup(space, now)
  }

  #announce(): void {
    const spaces = [...this.#spaces].map(([space, { generation }]) => ({ space, generation }))
    this.#outbox.push({ type: 'announce', spaces })
  }
}
