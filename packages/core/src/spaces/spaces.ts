/**
 * Spaces: the rooms and shared configs that one member is in, without sockets and clocks.
 *
 * As with the machine of the cluster: facts come in signed and verified, one's own by the same door as others';
 * nothing waits; what is to be done is returned, and time comes in.
 */

import { SyncSchedule } from '../anti-entropy/sync-schedule.ts'
import { sample } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'
import type { SpaceGeneration } from '../wire/fact.ts'
import { limits } from '../wire/limits.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { Admission } from './admission.ts'
import { ChunkedTransfers } from './documents/chunked-transfers.ts'
import { offerDocument, requestDocument } from './documents/document-exchange.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { type BridgeView, PartitionBridges } from './partition-bridges.ts'
import { Reachability } from './reachability.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import { type ClusterView, SpaceMembers } from './space-members.ts'
import type { ReplicaHolder, SpaceReplica } from './space-replica.ts'
import { continueStreams, rejectUnopened, requestingAnswer, requestsAnswer } from './step-rules.ts'

export type SpacesEffect =
  | { readonly type: 'publish'; readonly space: string; readonly facts: readonly SpaceFact[] }
  | { readonly type: 'send-steps'; readonly to: string; readonly steps: readonly SpaceStep[] }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly space: string }
  /** A member holds just what this one does. */
  | { readonly type: 'agreed'; readonly space: string; readonly with: string }
  /** To be connected to these members besides. */
  | { readonly type: 'extra-peers'; readonly ids: readonly string[] }
  /** To be told in one's own record. */
  | { readonly type: 'announce'; readonly spaces: readonly SpaceGeneration[] }

export interface SpacesOptions {
  readonly view: ClusterView
  readonly random: () => number
  /** Bytes of facts in one step, about. */
  readonly maxDeltaBytes: number
}

interface Space {
  readonly generation: number
  readonly replica: SpaceReplica
  readonly transfers: ChunkedTransfers
  readonly bridges: PartitionBridges
  /** There is something that rumors do not carry: to be offered then … */
  syncDueMs: number
  /** … to so many. */
  syncFanout: number
  /** When a document last asked for what it lacks. */
  digestRequestedMs: number
  /** When members may have to be asked again to carry a document. */
  recruitDueMs: number
}

/** A space that the app left, until it is unsubscribed: its rumors are still passed on, and its streams go on. */
interface RecentlyLeft {
  readonly untilMs: number
  readonly replica: SpaceReplica
  readonly transfers: ChunkedTransfers
}

const minIntervalMs = 1_000
const maxIntervalMs = 30_000
const sweepIntervalMs = 30_000
/** What came in an exchange is offered on to so many. */
const syncFanout = 3
const syncDelayMs = 50
const digestRequestIntervalMs = 200
/** While carriers do not connect all that have a document open, more are asked so often … */
const recruitIntervalMs = 5_000
/** … and when they do, they are asked to go on so often. */
export const renewIntervalMs = 30_000
/** A space is left for good so long after its app left it: whoever comes back at once finds all as it was. */
const keepServingMs = 15_000

/** How much a member holds for its spaces: what should be bounded is watched by this. */
export interface SpacesUsage {
  /** Spaces that it is in. */
  readonly spaces: number
  /** Signed facts: fields of presence, entries of configs. */
  readonly facts: number
  /** Documents on their way in pieces. */
  readonly transfers: number
  /** Facts and updates so far that broke a rule of their space: nothing changed. */
  readonly rejected: number
  /** Client ids under which two replicas of a document wrote, so far. */
  readonly collisions: number
}

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new Map<string, Space>()
  readonly #recentlyLeft = new Map<string, RecentlyLeft>()
  /** Spaces in which something may have changed since the last step. */
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

  /** Streams of what was written here that are under way. */
  get pushes(): number {
    let count = 0
    for (const { transfers } of [...this.#spaces.values(), ...this.#recentlyLeft.values()])
      count += transfers.pushes
    return count
  }

  has(space: string): boolean {
    return this.#spaces.has(space)
  }

  /** Whether rumors of it are judged: one is in it, or was a moment ago. */
  isSubscribed(space: string): boolean {
    return this.#spaces.has(space) || this.#recentlyLeft.has(space)
  }

  /** Enters. @param least the entry's number is at least this: one's own incarnation. @returns the number. */
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

  /** Verified facts, out of a rumor. @param from who handed it over */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.#merge(space, facts, now)
    this.#requestMissing(space, from, now)
  }

  /** One's own facts, signed: told to all. Those too long for a rumor are left to exchanges. */
  publish(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const replica = this.#spaces.get(space)?.replica
    // The last word may be signed when the app has left already.
    if (!replica && !this.#recentlyLeft.has(space)) return
    const news = facts.filter(fact => !replica || replica.admit(fact, now) === 'new')
    for (const fact of news) replica?.merge(fact, now)
    this.#touched.add(space)
    if (news.length > 0) this.#effects.push({ type: 'publish', space, facts: news })
    this.#schedule.changed(now.monotonicMs)
  }

  /** Sends what was written here, and is too long for a rumor, to all connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates, now: Instant): void {
    const { transfers, replica } = this.#spaces.get(space) ?? {}
    const { epochs } = replica?.documents.get(document) ?? {}
    if (!transfers || !epochs) return
    // Should a stream be lost, the next exchange comes soon.
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
   * Asks a member that holds the document, at best this one, else a synced one, for what is lacking here, and offers
   * the document to the others that hold it.
   */
  request(space: string, document: string, now: Instant, preferred?: string): void {
    const sync = this.#spaces.get(space)?.replica.documents.get(document)
    if (!sync) return
    const nowMs = now.monotonicMs
    const rank = ({ id, isSynced }: ReplicaHolder) =>
      (id === preferred ? 4 : 0) + (this.isUnreachable(id) ? 0 : 2) + Number(isSynced)
    const drawn = sample(
      this.#connectedHolders(space, document),
      Number.POSITIVE_INFINITY,
      this.#options.random,
    )
    const holders = drawn.sort((a, b) => rank(b) - rank(a))
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

  /** Something of one's own changed: all that one is connected to there get an offer soon. */
  hurryToAll(space: string, now: Instant): void {
    this.#syncSoon(space, Number.POSITIVE_INFINITY, now)
  }

  /** It was dialled in vain, or is connected and does not answer. */
  isUnreachable(id: string): boolean {
    return this.#reachability.isUnreachable(id)
  }

  /** Two replicas of a document wrote under one client id. */
  collided(): void {
    this.#collisions += 1
  }

  /** Who holds which document changed: connections may be needed. */
  regroup(space: string, now: Instant): void {
    this.#touched.add(space)
    this.#members.regroup(now.monotonicMs)
    const entered = this.#spaces.get(space)
    if (entered) entered.recruitDueMs = Math.min(entered.recruitDueMs, now.monotonicMs + syncDelayMs)
  }

  /** Asks some what they hold, who answer though nothing differs. */
  requestDigest(space: string, now: Instant): void {
    const facts = this.#spaces.get(space)?.replica.facts
    if (!facts) return
    for (const id of sample(this.neighboursIn(space), syncFanout, this.#options.random))
      this.#sendRequest(id, [{ space, storedIds: facts.storedIds(undefined, true) }], now.monotonicMs)
  }

  /** Steps of exchanges; their facts are those that are news and verified. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.reset(from)) this.#regroupAll(now)
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const lingering = this.#recentlyLeft.get(step.space)
      const space = this.#spaces.get(step.space)
      if (space) answers.push(...this.#answer(space, from, step, now))
      else if (lingering) answers.push(...continueStreams(lingering.transfers, from, step, now.monotonicMs))
    }
    this.#sendRequest(from, answers, now.monotonicMs)
  }

  linkOpened(id: string, now: Instant): void {
    if (this.#reachability.reset(id)) this.#regroupAll(now)
    this.#members.regroup(now.monotonicMs)
    // One of the two ends begins.
    if (this.#options.view.self < id) this.#offer(id, this.#members.sharedWith(id))
  }

  linkClosed(id: string, now: Instant): void {
    this.#reachability.closed(id)
    this.#members.regroup(now.monotonicMs)
    for (const { replica, transfers } of [...this.#spaces.values(), ...this.#recentlyLeft.values()]) {
      transfers.closed(id)
      for (const { state } of replica.documents.values()) state.closed(id)
    }
  }

  /** A member was dialled in vain: another one may have to stand in. */
  linkFailed(id: string, now: Instant): void {
    if (this.#options.view.connected().includes(id)) return
    if (this.#reachability.failed(id)) this.#regroupAll(now)
  }

  memberChanged(id: string, now: Instant): void {
    for (const [space, { replica }] of this.#spaces) if (replica.memberChanged(id)) this.#touched.add(space)
    const entered = this.#members.changed(id, now.monotonicMs)
    if (!this.#members.has(id)) this.#reachability.reset(id)
    if (entered.length > 0 && this.#options.view.connected().includes(id)) this.#offer(id, entered)
  }

  /** Members of a space that are alive, or suspect and were alive here; oneself excepted. */
  othersIn(space: string): string[] {
    return this.#members.othersIn(space)
  }

  /** Members of a space that are suspect, and were never alive here. */
  suspectsIn(space: string): string[] {
    return this.#members.suspectsIn(space)
  }

  /** Members of a space that one is connected to. */
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
    for (const [space, entered] of this.#spaces) {
      if (entered.syncDueMs > nowMs) continue
      entered.syncDueMs = Number.POSITIVE_INFINITY
      for (const id of sample(this.neighboursIn(space), entered.syncFanout, this.#options.random))
        this.#offer(id, [space])
      entered.syncFanout = syncFanout
    }
    if (this.#reachability.advance(nowMs)) this.#regroupAll(now)
    const near = this.#members.takeExtraPeers(this.#groups(), () => this.#partitionBridges(nowMs), nowMs)
    if (near) this.#effects.push({ type: 'extra-peers', ids: near })
    this.#recruitCarriers(now)
    if (nowMs >= this.#schedule.dueMs) {
      this.#schedule.started(nowMs)
      const candidates = this.#options.view.connected().filter(id => this.#members.sharedWith(id).length > 0)
      const holders = new Set([...this.#groups()].flat())
      const drawn = [candidates, candidates.filter(id => holders.has(id))].flatMap(from =>
        sample(from, 1, this.#options.random),
      )
      // An answer shows that the connection is alive: equal holders would else never notice that nothing passes.
      for (const id of new Set(drawn))
        this.#sendRequest(id, requestingAnswer(this.#offers(id, this.#members.sharedWith(id))), nowMs)
    }
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Some time has passed, or the clock was set. */
  sweep(now: Instant): void {
    for (const [space, { replica, transfers }] of this.#spaces) {
      transfers.sweep(now.monotonicMs)
      replica.sweep(now)
      this.#touched.add(space)
    }
  }

  /** Monotonic milliseconds. */
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

  /** Spaces in which something may have changed since this was asked. */
  takeTouched(): string[] {
    const touched = [...this.#touched]
    this.#touched.clear()
    return touched
  }

  /** What is to be done. */
  take(): SpacesEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  #syncSoon(space: string, fanout: number, { monotonicMs }: Instant): void {
    const entered = this.#spaces.get(space)
    if (!entered) return
    entered.syncDueMs = Math.min(entered.syncDueMs, monotonicMs + syncDelayMs)
    entered.syncFanout = Math.max(entered.syncFanout, fanout)
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
    // Documents go on to all: a member that no offer reaches would wait for the next exchange.
    if (isAnyNew) this.#syncSoon(step.space, Number.POSITIVE_INFINITY, now)
    else if (areNew) this.#syncSoon(step.space, syncFanout, now)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // More waits there. Without progress it would be the same again.
      ...(step.more && areNew ? [offerSpace(step.space, replica, from)] : []),
    ]
  }

  /** Connected members that hold a document. */
  #connectedHolders(space: string, document: string): ReplicaHolder[] {
    const linked = new Set(this.neighboursIn(space))
    const { replica } = this.#spaces.get(space) ?? {}
    return (replica?.holdersOf(document) ?? []).filter(({ id }) => linked.has(id))
  }

  *#groups(): Generator<readonly string[]> {
    for (const { replica } of this.#spaces.values())
      for (const document of replica.documents.keys()) yield replica.holdersOf(document).map(({ id }) => id)
  }

  #partitionBridges(nowMs: number): string[] {
    const { view } = this.#options
    const links = new Set(view.connected())
    return [...this.#spaces].flatMap(([space, { replica, bridges }]) => {
      const members = new Set(this.othersIn(space))
      const bridgeView: BridgeView = {
        self: view.self,
        isLinked: id => links.has(id),
        isUnreachable: id => this.isUnreachable(id),
        isPresent: id => members.has(id),
      }
      const ids = bridges.take(replica.silentMembers(), bridgeView, nowMs)
      this.#members.regroupAt(bridges.dueMs)
      return ids
    })
  }

  #recruitCarriers(now: Instant): void {
    for (const [space, entered] of this.#spaces) {
      if (entered.recruitDueMs > now.monotonicMs) continue
      entered.recruitDueMs = Number.POSITIVE_INFINITY
      const { requests, areEnough } = entered.replica.carriersToRequest(this.neighboursIn(space))
      for (const [document, id] of requests)
        this.#send(id, [{ space, documents: [{ document, carry: true }] }])
      if (requests.length > 0)
        entered.recruitDueMs = now.monotonicMs + (areEnough ? renewIntervalMs : recruitIntervalMs)
    }
  }

  #merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const replica = this.#spaces.get(space)?.replica
    let news = false
    for (const fact of facts) {
      if (replica?.admit(fact, now) !== 'new') continue
      if (fact.type === 'update') {
        const outcome = replica.mergeUpdate(fact)
        if (outcome === 'rejected') this.#rejected += 1
        if (outcome !== 'new') continue
      } else replica.merge(fact, now)
      news = true
    }
    if (facts.length > 0) this.#touched.add(space)
    if (news) this.#schedule.changed(now.monotonicMs)
    return news
  }

  /** An update that others built upon was lost: a member that handed over the later one has it, if it holds the document. */
  #requestMissing(space: string, from: string, now: Instant): void {
    const entered = this.#spaces.get(space)
    if (!entered || now.monotonicMs - entered.digestRequestedMs < digestRequestIntervalMs) return
    const gaps = [...entered.replica.documents.values()].filter(sync => sync.hasGap())
    if (gaps.length === 0) return
    entered.digestRequestedMs = now.monotonicMs
    for (const { name } of gaps) this.request(space, name, now, from)
  }

  #offer(to: string, spaces: readonly string[]): void {
    this.#send(to, this.#offers(to, spaces))
  }

  #offers(to: string, spaces: readonly string[]): SpaceStep[] {
    return spaces.flatMap(space => {
      const entered = this.#spaces.get(space)
      return entered ? [offerSpace(space, entered.replica, to)] : []
    })
  }

  #send(to: string, steps: readonly SpaceStep[]): void {
    if (steps.length === 0) return
    this.#effects.push({ type: 'send-steps', to, steps })
  }

  /** Sends steps of which some may be questions. */
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
