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
import type { SharedUpdates } from './documents/shared-updates.ts'
import { ExtraPeers } from './extra-peers.ts'
import { OpenSpaces } from './open-spaces.ts'
import { Reachability } from './reachability.ts'
import { SpaceFacts } from './space-facts.ts'
import { SpaceLimits } from './space-limits.ts'
import { SpaceMembers } from './space-members.ts'
import { SpaceOffers } from './space-offers.ts'
import { SpaceOutbox, type SpacesEffect } from './space-outbox.ts'
import type { SpaceReplica } from './space-replica.ts'
import type { ClusterView } from './space-roster.ts'
import { type DocumentsUsage, documentsIn, type SpacesUsage, storedIn } from './spaces-usage.ts'
import { StepHandler } from './step-handler.ts'

export interface SpacesOptions {
  readonly view: ClusterView
  readonly random: () => number
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

const sweepIntervalMs = 30_000
/** Our choice: a rumor takes less. Until then, others do not see the changes of the presence. */
const announceRenewalAfterMs = 250

export class Spaces {
  readonly members: SpaceMembers
  readonly limits: SpaceLimits
  readonly facts: SpaceFacts
  readonly #options: SpacesOptions
  readonly #spaces = new OpenSpaces()
  readonly #reachability = new Reachability()
  readonly #outbox = new SpaceOutbox(this.#reachability)
  readonly #offers: SpaceOffers
  readonly #extraPeers: ExtraPeers
  readonly #documents: DocumentRequests
  readonly #steps: StepHandler
  #sweepDueMs: number
  #announceDueMs = Number.POSITIVE_INFINITY
  #collisions = 0
  #unopened = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    const { view, random } = options
    this.members = new SpaceMembers(view)
    this.limits = new SpaceLimits(this.#spaces, this.members)
    this.#extraPeers = new ExtraPeers(view, this.members, this.#reachability)
    const parts = { spaces: this.#spaces, members: this.members, outbox: this.#outbox, random }
    this.#offers = new SpaceOffers({ ...parts, view }, nowMs)
    const { schedule } = this.#offers
    const factParts = { spaces: this.#spaces, limits: this.limits, outbox: this.#outbox, schedule, view }
    this.facts = new SpaceFacts(factParts)
    this.#steps = new StepHandler({ ...factParts, facts: this.facts, maxDeltaBytes: options.maxDeltaBytes })
    this.#documents = new DocumentRequests({ ...parts, reachability: this.#reachability })
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  usage(): SpacesUsage {
    return {
      ...storedIn(this.#spaces.current),
      rejected: this.facts.rejected,
      limited: this.limits.exceeded,
      collisions: this.#collisions,
      unopened: this.#unopened,
    }
  }

  documentsUsage(): DocumentsUsage {
    return documentsIn(this.#spaces.current)
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
    this.members.enter(space)
    this.#offers.schedule.entered(space, now.monotonicMs)
    this.#extraPeers.regroup(now.monotonicMs)
    if (isNew) this.#outbox.push({ type: 'subscribe', space })
    this.#announce()
    return generation
  }

  /**
   * Gives the member's visit to a space another generation. Announces it a moment later, so that the presence of this
   * generation arrives before the record and replaces the other presence at once.
   *
   * @returns undefined: the member is not in the space
   */
  renew(space: string, least: number, now: Instant): number | undefined {
    this.#announceDueMs = Math.min(this.#announceDueMs, now.monotonicMs + announceRenewalAfterMs)
    return this.#spaces.renew(space, least)
  }

  /** The app left the space. The member stays subscribed for a while: see `OpenSpaces`. */
  leave(space: string, now: Instant): void {
    if (!this.#spaces.leave(space, now.monotonicMs)) return
    this.#documents.left(space)
    this.#offers.schedule.left(space)
    this.members.leave(space)
    this.#extraPeers.left(space)
    this.#extraPeers.regroup(now.monotonicMs)
    this.#announce()
  }

  /** Merges verified facts from a rumor. @param from the peer that forwarded the rumor */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.facts.merge(space, facts, now)
    const state = this.#spaces.current.get(space)
    if (state) this.#documents.requestMissing(state, from, now.monotonicMs)
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
    this.#outbox.touch(space)
    this.#extraPeers.regroup(now.monotonicMs)
    if (this.#spaces.current.has(space)) this.#documents.requestCarriersSoon(space, now.monotonicMs)
  }

  /** Asks a few members for the ids of their facts. The members answer even if nothing differs. */
  requestFactIds(space: string, now: Instant): void {
    this.#offers.requestFactIds(space, now.monotonicMs)
  }

  /** Handles steps of exchanges. The caller has verified the new facts in them. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.reset(from)) this.#regroupWith(from, now)
    this.#outbox.request(from, this.#steps.answers(from, steps, now), now.monotonicMs)
  }

  /** A connection to a member opened or closed, or a dial failed. */
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
    if (view.self < id || view.isReconnecting()) this.#offers.offer(id, this.members.sharedWith(id))
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

  /** The record or the status of another member changed. */
  memberChanged(id: string, now: Instant): void {
    for (const [space, { replica }] of this.#spaces.current)
      if (replica.memberChanged(id)) this.#outbox.touch(space)
    const { joined, left } = this.members.changed(id)
    if (joined.length + left.length > 0) this.#extraPeers.regroup(now.monotonicMs)
    if (!this.members.has(id)) this.#reachability.reset(id)
    if (joined.length > 0 && this.#options.view.connected().includes(id)) this.#offers.offer(id, joined)
  }

  /** Runs all work that is due. */
  advance(now: Instant): void {
    const nowMs = now.monotonicMs
    if (nowMs >= this.#announceDueMs) this.#announce()
    for (const space of this.#spaces.takeUnsubscribed(nowMs))
      this.#outbox.push({ type: 'unsubscribe', space })
    this.#offers.offerDue(nowMs)
    for (const id of this.#reachability.advance(nowMs)) this.#regroupWith(id, now)
    for (const id of this.#extraPeers.takeContacts(this.#spaces.current))
      this.#outbox.push({ type: 'contact', id })
    const extraPeers = this.#extraPeers.take(this.#spaces.current, nowMs)
    if (extraPeers) this.#outbox.push({ type: 'extra-peers', ids: extraPeers })
    this.#offers.tryConnections(this.#extraPeers.takeUntried(), nowMs)
    this.#documents.requestCarriersDue(this.#spaces.current, nowMs)
    this.#offers.offerAllIfDue(nowMs)
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Called at intervals, and when the wall clock was set. */
  sweep(now: Instant): void {
    this.limits.sweep(now.monotonicMs)
    for (const [space, { replica, transfers }] of this.#spaces.current) {
      transfers.sweep(now.monotonicMs)
      replica.sweep(now)
      this.#outbox.touch(space)
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
      this.#announceDueMs,
      this.#sweepDueMs,
    )
  }

  /** Spaces that may have changed since the last call. */
  takeTouched(): string[] {
    return this.#outbox.takeTouched()
  }

  /** The effects since the last call. */
  take(): SpacesEffect[] {
    return this.#outbox.take()
  }

  /** A member became reachable or unreachable. */
  #regroupWith(id: string, now: Instant): void {
    for (const space of this.members.sharedWith(id)) this.regroup(space, now)
  }

  #announce(): void {
    this.#announceDueMs = Number.POSITIVE_INFINITY
    this.#outbox.push({ type: 'announce', spaces: this.#spaces.generations() })
  }
}
