/**
 * Spaces: the rooms and shared configs that the local member is in, without sockets and clocks (sans-I/O).
 *
 * The rules are those of the membership machine: facts arrive signed and verified, and the local member's own facts
 * take the same path as those of other members. No method waits. Methods return effects, and the caller passes in the
 * time.
 */

import type { ConnectionEvent } from '@hearsay/failure-detector'
import { SyncSchedule } from '../anti-entropy/sync-schedule.ts'
import { sample } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'
import type { SpaceGeneration } from '../wire/fact.ts'
import { limits } from '../wire/limits.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { ChunkedTransfers } from './documents/chunked-transfers.ts'
import { offerDocument, requestDocument } from './documents/document-exchange.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { type BridgeView, PartitionBridges } from './partition-bridges.ts'
import { Reachability } from './reachability.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import { SpaceMembers } from './space-members.ts'
import type { Admission, ReplicaHolder, SpaceReplica } from './space-replica.ts'
import type { ClusterView } from './space-roster.ts'
import { continueStreams, rejectUnopened, requestingAnswer, requestsAnswer } from './step-rules.ts'

/** What the driver has to do. */
export type SpacesEffect =
  | { readonly type: 'publish'; readonly space: string; readonly facts: readonly SpaceFact[] }
  | { readonly type: 'send-steps'; readonly to: string; readonly steps: readonly SpaceStep[] }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly space: string }
  /** Another member has exactly the facts of the local member. */
  | { readonly type: 'agreed'; readonly space: string; readonly with: string }
  /** Connect to these members in addition. */
  | { readonly type: 'extra-peers'; readonly ids: readonly string[] }
  /** Publish these spaces in the local record. */
  | { readonly type: 'announce'; readonly spaces: readonly SpaceGeneration[] }

export interface SpacesOptions {
  readonly view: ClusterView
  readonly random: () => number
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

interface Space {
  readonly generation: number
  readonly replica: SpaceReplica
  readonly transfers: ChunkedTransfers
  readonly bridges: PartitionBridges
  /** When to offer content that rumors do not carry … */
  syncDueMs: number
  /** … and to how many members. */
  syncFanout: number
  /** When a document last requested missing updates. */
  digestRequestedMs: number
  /** When to ask members again to carry a document, if needed. */
  recruitDueMs: number
}

/** A space that the app left, until it is unsubscribed: its rumors are still forwarded, and its streams continue. */
interface RecentlyLeft {
  readonly untilMs: number
  readonly replica: SpaceReplica
  readonly transfers: ChunkedTransfers
}

const minIntervalMs = 1_000
const maxIntervalMs = 30_000
const sweepIntervalMs = 30_000
/** How many members get an offer of what an exchange brought. */
const syncFanout = 3
const syncDelayMs = 50
const digestRequestIntervalMs = 200
/** How often to ask more members while the carriers do not connect all members that have a document open … */
const recruitIntervalMs = 5_000
/** … and how often to ask the carriers to continue once they do. */
export const renewIntervalMs = 30_000
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
  /** Client ids so far under which two replicas of a document wrote. */
  readonly collisions: number
}

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new Map<string, Space>()
  readonly #recentlyLeft = new Map<string, RecentlyLeft>()
  /** Spaces that may have changed since the last call of `takeTouched`. */
  readonly #touched = new Set<string>()
  readonly #members: SpaceMembers
  readonly #reachability = new Reachability()
  readonly #schedule: SyncSchedule
  #effects: SpacesEffect[] = []
  #lastGeneration = 0
  #startAt = 0
  #sweepDueMs: number
  #rejected = 0
  #collisions = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    const { view } = options
    this.#members = new SpaceMembers(view, id => this.isUnreachable(id))
    this.#schedule = new SyncSchedule({ minIntervalMs, maxIntervalMs, random: options.random }, nowMs)
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  usage(): SpacesUsage {
    const spaces = [...this.#spaces.values()]
    return {
      spaces: spaces.length,
      facts: spaces.reduce((sum, { replica }) => sum + replica.facts.size, 0),
      transfers: spaces.reduce((sum, { transfers }) => sum + transfers.size, 0),
      rejected: this.#rejected,
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
    this.#spaces.set(space, {
      generation,
      replica,
      transfers: new ChunkedTransfers({ maxBytes: limits.maxUpdateBytes }),
      bridges: new PartitionBridges(),
      syncDueMs: now.monotonicMs,
      syncFanout,
      digestRequestedMs: Number.NEGATIVE_INFINITY,
      recruitDueMs: Number.POSITIVE_INFINITY,
    })
    this.#members.enter(space, now.monotonicMs)
    if (!this.#recentlyLeft.delete(space)) this.#effects.push({ type: 'subscribe', space })
    this.#announce()
    return generation
  }

  leave(space: string, now: Instant): void {
    const left = this.#spaces.get(space)
    if (!left) return
    this.#spaces.delete(space)
    const { replica, transfers } = left
    this.#recentlyLeft.set(space, { untilMs: now.monotonicMs + keepServingMs, replica, transfers })
    this.#members.leave(space, now.monotonicMs)
    this.#announce()
  }

  admit(space: string, fact: SpaceFact, now: Instant): Admission {
    const { replica } = this.#spaces.get(space) ?? this.#recentlyLeft.get(space) ?? {}
    const admission = replica?.admit(fact, now) ?? 'stale'
    if (admission === 'rejected') this.#rejected += 1
    return admission
  }

  /** Merges verified facts from a rumor. @param from the peer that forwarded the rumor */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.#merge(space, facts, now)
    this.#requestMissing(space, from, now)
  }

  /** Merges and publishes the local member's signed facts. Facts too long for a rumor travel by exchanges only. */
  publish(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const replica = this.#spaces.get(space)?.replica
    // The app may have left the space before its last facts are signed.
    if (!replica && !this.#recentlyLeft.has(space)) return
    const newFacts = facts.filter(fact => !replica || replica.admit(fact, now) === 'new')
    for (const fact of newFacts) replica?.merge(fact, now)
    this.#touched.add(space)
    if (newFacts.length > 0) this.#effects.push({ type: 'publish', space, facts: newFacts })
    this.#schedule.changed(now.monotonicMs)
  }

  /** Sends local updates that are too long for a rumor to all connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates, now: Instant): void {
    const { transfers, replica } = this.#spaces.get(space) ?? {}
    const { epochs } = replica?.documents.get(document) ?? {}
    if (!transfers || !epochs) return
    // If a stream is lost, the next exchange follows soon.
    this.#schedule.changed(now.monotonicMs)
    const isSynced = () => false
    for (const id of this.#connectedHolders(space, document).map(({ id }) => id)) {
      const source = { updates: epochs.whileIn(updates.read()), isSynced, epoch: epochs.current }
      const steps = transfers.push(id, document, source, now.monotonicMs)
      this.#send(
        id,
        steps.map(({ step }) => ({ space, documents: [step] })),
      )
    }
  }

  /**
   * Requests missing updates from one member that holds the document: `preferred` if possible, otherwise a synced
   * one. The other holders get an offer.
   */
  request(space: string, document: string, now: Instant, preferred?: string): void {
    const sync = this.#spaces.get(space)?.replica.documents.get(document)
    if (!sync) return
    const nowMs = now.monotonicMs
    const rank = ({ id, isSynced }: ReplicaHolder) =>
      (id === preferred ? 4 : 0) + (this.isUnreachable(id) ? 0 : 2) + Number(isSynced)
    const shuffled = sample(
      this.#connectedHolders(space, document),
      Number.POSITIVE_INFINITY,
      this.#options.random,
    )
    const holders = shuffled.sort((a, b) => rank(b) - rank(a))
    const of = holders.find(({ id, isSynced }) => sync.state.mayRequest(id, undefined, isSynced, nowMs))
    for (const { id, isSynced } of holders) {
      const offer = offerDocument(sync, id)
      const isRequested = id === of?.id
      const request = isRequested
        ? requestDocument(sync, { from: id, digest: undefined, isSynced }, nowMs)
        : {}
      this.#sendRequest(id, [{ space, documents: [{ ...offer, ...request }] }], nowMs)
    }
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
    this.#members.regroup(now.monotonicMs)
    const state = this.#spaces.get(space)
    if (state) state.recruitDueMs = Math.min(state.recruitDueMs, now.monotonicMs + syncDelayMs)
  }

  /** Asks a few members for the ids of their facts. They answer even if nothing differs. */
  requestDigest(space: string, now: Instant): void {
    const facts = this.#spaces.get(space)?.replica.facts
    if (!facts) return
    for (const id of sample(this.neighboursIn(space), syncFanout, this.#options.random))
      this.#sendRequest(id, [{ space, storedIds: facts.storedIds(undefined, true) }], now.monotonicMs)
  }

  /** Handles steps of exchanges. The caller has verified the new facts in them. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.reset(from)) this.#regroupAll(now)
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const recentlyLeft = this.#recentlyLeft.get(step.space)
      const space = this.#spaces.get(step.space)
      if (space) answers.push(...this.#answer(space, from, step, now))
      else if (recentlyLeft)
        answers.push(...continueStreams(recentlyLeft.transfers, from, step, now.monotonicMs))
    }
    this.#sendRequest(from, answers, now.monotonicMs)
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
    if (this.#reachability.reset(id)) this.#regroupAll(now)
    this.#members.regroup(now.monotonicMs)
    // Only one of the two ends begins.
    if (this.#options.view.self < id) this.#offer(id, this.#members.sharedWith(id))
  }

  #connectionClosed(id: string, now: Instant): void {
    this.#reachability.closed(id)
    this.#members.regroup(now.monotonicMs)
    for (const { replica, transfers } of [...this.#spaces.values(), ...this.#recentlyLeft.values()]) {
      transfers.closed(id)
      for (const { state } of replica.documents.values()) state.closed(id)
    }
  }

  /** Another connection may have to replace this one. */
  #dialFailed(id: string, now: Instant): void {
    if (this.#options.view.connected().includes(id)) return
    if (this.#reachability.failed(id)) this.#regroupAll(now)
  }

  memberChanged(id: string, now: Instant): void {
    for (const [space, { replica }] of this.#spaces) if (replica.memberChanged(id)) this.#touched.add(space)
    const joined = this.#members.changed(id, now.monotonicMs)
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
  neighboursIn(space: string): string[] {
    return this.#members.neighboursIn(space)
  }

  advance(now: Instant): void {
    const nowMs = now.monotonicMs
    for (const [space, { untilMs }] of this.#recentlyLeft) {
      if (untilMs > nowMs) continue
      this.#recentlyLeft.delete(space)
      this.#effects.push({ type: 'unsubscribe', space })
    }
    for (const [space, state] of this.#spaces) {
      if (state.syncDueMs > nowMs) continue
      state.syncDueMs = Number.POSITIVE_INFINITY
      for (const id of sample(this.neighboursIn(space), state.syncFanout, this.#options.random))
        this.#offer(id, [space])
      state.syncFanout = syncFanout
    }
    if (this.#reachability.advance(nowMs)) this.#regroupAll(now)
    const extraPeers = this.#members.takeExtraPeers(
      this.#groups(),
      () => this.#partitionBridges(nowMs),
      nowMs,
    )
    if (extraPeers) this.#effects.push({ type: 'extra-peers', ids: extraPeers })
    this.#recruitCarriers(now)
    if (nowMs >= this.#schedule.dueMs) {
      this.#schedule.started(nowMs)
      const candidates = this.#options.view.connected().filter(id => this.#members.sharedWith(id).length > 0)
      const holders = new Set([...this.#groups()].flat())
      const targets = [candidates, candidates.filter(id => holders.has(id))].flatMap(from =>
        sample(from, 1, this.#options.random),
      )
      // The answer proves that the connection works. Without it, two equal holders would never notice a dead
      // connection.
      for (const id of new Set(targets))
        this.#sendRequest(id, requestingAnswer(this.#offers(id, this.#members.sharedWith(id))), nowMs)
    }
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Called at intervals, and when the wall clock was set. */
  sweep(now: Instant): void {
    for (const [space, { replica, transfers }] of this.#spaces) {
      transfers.sweep(now.monotonicMs)
      replica.sweep(now)
      this.#touched.add(space)
    }
  }

  /** When `advance` is due, in monotonic ms. */
  deadlineMs(): number {
    if (this.#spaces.size === 0 && this.#recentlyLeft.size === 0) return Number.POSITIVE_INFINITY
    const dueMs = [...this.#spaces.values()].map(space => Math.min(space.syncDueMs, space.recruitDueMs))
    return Math.min(
      ...dueMs,
      ...[...this.#recentlyLeft.values()].map(({ untilMs }) => untilMs),
      this.#members.dueMs,
      this.#reachability.dueMs,
      this.#schedule.dueMs,
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
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  #syncSoon(space: string, fanout: number, { monotonicMs }: Instant): void {
    const state = this.#spaces.get(space)
    if (!state) return
    state.syncDueMs = Math.min(state.syncDueMs, monotonicMs + syncDelayMs)
    state.syncFanout = Math.max(state.syncFanout, fanout)
    this.#schedule.changed(monotonicMs)
  }

  #answer(space: Space, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { replica, transfers } = space
    const nowMs = now.monotonicMs
    this.#touched.add(step.space)
    const agreed = agreesWithSpace(replica, step)
    if (agreed) this.#schedule.agreed()
    else if (agreed === false) this.#schedule.changed(nowMs)
    const areNew = this.#merge(step.space, step.facts ?? [], now)
    if (agreed || (step.storedIds && replica.facts.equals(step.storedIds)))
      this.#effects.push({ type: 'agreed', space: step.space, with: from })
    const { maxDeltaBytes } = this.#options
    const facts = answerFacts(replica, step, { startAt: this.#startAt++, maxDeltaBytes })
    let isAnyNew = false
    const documents = (step.documents ?? []).flatMap(each => {
      if (each.carry) replica.carry(each.document, now)
      const sync = replica.documents.get(each.document)
      if (!sync) return rejectUnopened(transfers, from, each)
      const answer = answerInEpoch({ sync, transfers, nowMs }, from, each)
      this.#rejected += answer.rejected
      isAnyNew ||= answer.isNew
      return answer.steps
    })
    // All connected members get an offer of new document content: any member without one would wait for the next
    // exchange.
    if (isAnyNew) this.#syncSoon(step.space, Number.POSITIVE_INFINITY, now)
    else if (areNew) this.#syncSoon(step.space, syncFanout, now)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // The sender has more facts. Without progress, asking again would bring the same facts.
      ...(step.more && areNew ? [offerSpace(step.space, replica, from)] : []),
    ]
  }

  /** Connected members that hold a document. */
  #connectedHolders(space: string, document: string): ReplicaHolder[] {
    const connected = new Set(this.neighboursIn(space))
    const { replica } = this.#spaces.get(space) ?? {}
    return (replica?.holdersOf(document) ?? []).filter(({ id }) => connected.has(id))
  }

  *#groups(): Generator<readonly string[]> {
    for (const { replica } of this.#spaces.values())
      for (const document of replica.documents.keys()) yield replica.holdersOf(document).map(({ id }) => id)
  }

  #partitionBridges(nowMs: number): string[] {
    const { view } = this.#options
    const connected = new Set(view.connected())
    return [...this.#spaces].flatMap(([space, { replica, bridges }]) => {
      const members = new Set(this.othersIn(space))
      const bridgeView: BridgeView = {
        self: view.self,
        isConnected: id => connected.has(id),
        isUnreachable: id => this.isUnreachable(id),
        isPresent: id => members.has(id),
      }
      const ids = bridges.review(replica.silentMembers(), bridgeView, nowMs)
      this.#members.regroupAt(bridges.dueMs)
      return ids
    })
  }

  #recruitCarriers(now: Instant): void {
    for (const [space, state] of this.#spaces) {
      if (state.recruitDueMs > now.monotonicMs) continue
      state.recruitDueMs = Number.POSITIVE_INFINITY
      const { requests, areEnough } = state.replica.carriersToRequest(this.neighboursIn(space))
      for (const [document, id] of requests)
        this.#send(id, [{ space, documents: [{ document, carry: true }] }])
      if (requests.length > 0)
        state.recruitDueMs = now.monotonicMs + (areEnough ? renewIntervalMs : recruitIntervalMs)
    }
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
    if (isAnyNew) this.#schedule.changed(now.monotonicMs)
    return isAnyNew
  }

  /**
   * An update on which later updates build was lost. The peer that forwarded the later update has the earlier one, if
   * that peer holds the document.
   */
  #requestMissing(space: string, from: string, now: Instant): void {
    const state = this.#spaces.get(space)
    if (!state || now.monotonicMs - state.digestRequestedMs < digestRequestIntervalMs) return
    const gaps = [...state.replica.documents.values()].filter(sync => sync.hasGap())
    if (gaps.length === 0) return
    state.digestRequestedMs = now.monotonicMs
    for (const { name } of gaps) this.request(space, name, now, from)
  }

  #offer(to: string, spaces: readonly string[]): void {
    this.#send(to, this.#offers(to, spaces))
  }

  #offers(to: string, spaces: readonly string[]): SpaceStep[] {
    return spaces.flatMap(space => {
      const state = this.#spaces.get(space)
      return state ? [offerSpace(space, state.replica, to)] : []
    })
  }

  #send(to: string, steps: readonly SpaceStep[]): void {
    if (steps.length === 0) return
    this.#effects.push({ type: 'send-steps', to, steps })
  }

  /** Sends steps, some of which may require an answer. */
  #sendRequest(to: string, steps: readonly SpaceStep[], nowMs: number): void {
    this.#send(to, steps)
    if (steps.some(requestsAnswer)) this.#reachability.expect(to, nowMs)
  }

  #regroupAll(now: Instant): void {
    for (const space of this.#spaces.keys()) this.regroup(space, now)
  }

  #announce(): void {
    const spaces = [...this.#spaces].map(([space, { generation }]) => ({ space, generation }))
    this.#effects.push({ type: 'announce', spaces })
  }
}
