/**
 * Spaces: the rooms and shared configs that one member is in, without sockets and clocks.
 *
 * As with the machine of the cluster: facts come in signed and verified, one's own by the same door as others';
 * nothing waits; what is to be done is returned, and time comes in.
 */

import { SyncSchedule } from '../anti-entropy/sync-schedule.ts'
import type { Instant } from '../base/clock.ts'
import { draw } from '../base/sample.ts'
import type { SpaceEntry } from '../wire/fact.ts'
import { limits } from '../wire/limits.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { Judgement } from './admission.ts'
import { ChunkedTransfers } from './documents/chunked-transfers.ts'
import { offerDocument, requestDocument } from './documents/document-exchange.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { Bridges, type BridgeView } from './partition-bridges.ts'
import { Reachability } from './reachability.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import { SpaceMembers, type Surroundings } from './space-members.ts'
import type { Holder, SpaceContent } from './space-replica.ts'
import { askingForSign, asksForAnswer, continueStreams, notOpen } from './step-rules.ts'

export type SpacesEffect =
  | { readonly type: 'publish'; readonly space: string; readonly facts: readonly SpaceFact[] }
  | { readonly type: 'send-steps'; readonly to: string; readonly steps: readonly SpaceStep[] }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly space: string }
  /** A member holds just what this one does. */
  | { readonly type: 'agreed'; readonly space: string; readonly with: string }
  /** To be connected to these members besides. */
  | { readonly type: 'near'; readonly ids: readonly string[] }
  /** To be told in one's own record. */
  | { readonly type: 'announce'; readonly spaces: readonly SpaceEntry[] }

export interface SpacesOptions {
  readonly surroundings: Surroundings
  readonly random: () => number
  /** Bytes of facts in one step, about. */
  readonly maxDeltaBytes: number
}

interface Space {
  readonly entered: number
  readonly content: SpaceContent
  readonly transfers: ChunkedTransfers
  readonly bridges: Bridges
  /** There is something that rumors do not carry: to be offered then … */
  hurryDueMs: number
  /** … to so many. */
  hurryFanout: number
  /** When a document last asked for what it lacks. */
  pulledMs: number
  /** When members may have to be asked again to carry a document. */
  carryDueMs: number
}

/** A space that the app left, until it is unsubscribed: its rumors are still passed on, and its streams go on. */
interface Lingering {
  readonly untilMs: number
  readonly content: SpaceContent
  readonly transfers: ChunkedTransfers
}

const minIntervalMs = 1_000
const maxIntervalMs = 30_000
const sweepIntervalMs = 30_000
/** What came in an exchange is offered on to so many. */
const hurryFanout = 3
const hurryWaitMs = 50
const pullIntervalMs = 200
/** While carriers do not connect all that have a document open, more are asked so often … */
const recruitIntervalMs = 5_000
/** … and when they do, they are asked to go on so often. */
export const renewIntervalMs = 30_000
/** A space is left for good so long after its app left it: whoever comes back at once finds all as it was. */
const lingerMs = 15_000

/** How much a member holds for its spaces: what should be bounded is watched by this. */
export interface SpacesUsage {
  /** Spaces that it is in. */
  readonly spaces: number
  /** Signed facts: fields of presence, entries of configs. */
  readonly facts: number
  /** Documents on their way in pieces. */
  readonly transfers: number
  /** Facts and updates so far that broke a rule of their space: nothing changed. */
  readonly refused: number
  /** Client ids under which two replicas of a document wrote, so far. */
  readonly collisions: number
}

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new Map<string, Space>()
  readonly #lingering = new Map<string, Lingering>()
  /** Spaces in which something may have changed since the last step. */
  readonly #touched = new Set<string>()
  readonly #members: SpaceMembers
  readonly #reachability = new Reachability()
  readonly #schedule: SyncSchedule
  #effects: SpacesEffect[] = []
  #lastEntered = 0
  #startAt = 0
  #sweepDueMs: number
  #refused = 0
  #collisions = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    const { surroundings } = options
    this.#members = new SpaceMembers(surroundings, id => this.isUnreachable(id))
    this.#schedule = new SyncSchedule({ minIntervalMs, maxIntervalMs, random: options.random }, nowMs)
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  load(): SpacesUsage {
    const spaces = [...this.#spaces.values()]
    return {
      spaces: spaces.length,
      facts: spaces.reduce((sum, { content }) => sum + content.facts.size, 0),
      transfers: spaces.reduce((sum, { transfers }) => sum + transfers.size, 0),
      refused: this.#refused,
      collisions: this.#collisions,
    }
  }

  /** Streams of what was written here that are under way. */
  get pushes(): number {
    let count = 0
    for (const { transfers } of [...this.#spaces.values(), ...this.#lingering.values()])
      count += transfers.pushes
    return count
  }

  has(space: string): boolean {
    return this.#spaces.has(space)
  }

  /** Whether rumors of it are judged: one is in it, or was a moment ago. */
  hears(space: string): boolean {
    return this.#spaces.has(space) || this.#lingering.has(space)
  }

  /** Enters. @param least the entry's number is at least this: one's own incarnation. @returns the number. */
  enter(space: string, content: SpaceContent, least: number, now: Instant): number {
    const entered = Math.max(this.#lastEntered + 1, least)
    this.#lastEntered = entered
    this.#spaces.set(space, {
      entered,
      content,
      transfers: new ChunkedTransfers({ maxBytes: limits.maxUpdateBytes }),
      bridges: new Bridges(),
      hurryDueMs: now.monotonicMs,
      hurryFanout,
      pulledMs: Number.NEGATIVE_INFINITY,
      carryDueMs: Number.POSITIVE_INFINITY,
    })
    this.#members.enter(space, now.monotonicMs)
    if (!this.#lingering.delete(space)) this.#effects.push({ type: 'subscribe', space })
    this.#announce()
    return entered
  }

  leave(space: string, now: Instant): void {
    const left = this.#spaces.get(space)
    if (!left) return
    this.#spaces.delete(space)
    const { content, transfers } = left
    this.#lingering.set(space, { untilMs: now.monotonicMs + lingerMs, content, transfers })
    this.#members.leave(space, now.monotonicMs)
    this.#announce()
  }

  judge(space: string, fact: SpaceFact, now: Instant): Judgement {
    const { content } = this.#spaces.get(space) ?? this.#lingering.get(space) ?? {}
    const judgement = content?.judge(fact, now) ?? 'old'
    if (judgement === 'refused') this.#refused += 1
    return judgement
  }

  /** Verified facts, out of a rumor. @param from who handed it over */
  rumors(space: string, facts: readonly SpaceFact[], from: string, now: Instant): void {
    this.#merge(space, facts, now)
    this.#pullGaps(space, from, now)
  }

  /** One's own facts, signed: told to all. Those too long for a rumor are left to exchanges. */
  say(space: string, facts: readonly SpaceFact[], now: Instant): void {
    const content = this.#spaces.get(space)?.content
    // The last word may be signed when the app has left already.
    if (!content && !this.#lingering.has(space)) return
    const news = facts.filter(fact => !content || content.judge(fact, now) === 'news')
    for (const fact of news) content?.merge(fact, now)
    this.#touched.add(space)
    if (news.length > 0) this.#effects.push({ type: 'publish', space, facts: news })
    this.#schedule.changed(now.monotonicMs)
  }

  /** Sends what was written here, and is too long for a rumor, to all connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates, now: Instant): void {
    const { transfers, content } = this.#spaces.get(space) ?? {}
    const { epochs } = content?.documents.get(document) ?? {}
    if (!transfers || !epochs) return
    // Should a stream be lost, the next exchange comes soon.
    this.#schedule.changed(now.monotonicMs)
    const isSynced = () => false
    for (const id of this.#holdersNear(space, document).map(({ id }) => id)) {
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
    const sync = this.#spaces.get(space)?.content.documents.get(document)
    if (!sync) return
    const nowMs = now.monotonicMs
    const rank = ({ id, isSynced }: Holder) =>
      (id === preferred ? 4 : 0) + (this.isUnreachable(id) ? 0 : 2) + Number(isSynced)
    const drawn = draw(this.#holdersNear(space, document), Number.POSITIVE_INFINITY, this.#options.random)
    const holders = drawn.sort((a, b) => rank(b) - rank(a))
    const of = holders.find(({ id, isSynced }) => sync.state.mayAsk(id, undefined, isSynced, nowMs))
    for (const { id, isSynced } of holders) {
      const offer = offerDocument(sync, id)
      const isAsked = id === of?.id
      const request = isAsked ? requestDocument(sync, { of: id, digest: undefined, isSynced }, nowMs) : {}
      this.#ask(id, [{ space, documents: [{ ...offer, ...request }] }], nowMs)
    }
  }

  /** Something of one's own changed: all that one is connected to there get an offer soon. */
  hurryToAll(space: string, now: Instant): void {
    this.#hurry(space, Number.POSITIVE_INFINITY, now)
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
    if (entered) entered.carryDueMs = Math.min(entered.carryDueMs, now.monotonicMs + hurryWaitMs)
  }

  /** Asks some what they hold, who answer though nothing differs. */
  ask(space: string, now: Instant): void {
    const facts = this.#spaces.get(space)?.content.facts
    if (!facts) return
    for (const id of draw(this.neighboursIn(space), hurryFanout, this.#options.random))
      this.#ask(id, [{ space, held: facts.held(undefined, true) }], now.monotonicMs)
  }

  /** Steps of exchanges; their facts are those that are news and verified. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    if (this.#reachability.renew(from)) this.#regroupAll(now)
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const lingering = this.#lingering.get(step.space)
      const space = this.#spaces.get(step.space)
      if (space) answers.push(...this.#answer(space, from, step, now))
      else if (lingering) answers.push(...continueStreams(lingering.transfers, from, step, now.monotonicMs))
    }
    this.#ask(from, answers, now.monotonicMs)
  }

  linkOpened(id: string, now: Instant): void {
    if (this.#reachability.renew(id)) this.#regroupAll(now)
    this.#members.regroup(now.monotonicMs)
    // One of the two ends begins.
    if (this.#options.surroundings.self < id) this.#offer(id, this.#members.sharedWith(id))
  }

  linkClosed(id: string, now: Instant): void {
    this.#reachability.closed(id)
    this.#members.regroup(now.monotonicMs)
    for (const { content, transfers } of [...this.#spaces.values(), ...this.#lingering.values()]) {
      transfers.closed(id)
      for (const { state } of content.documents.values()) state.closed(id)
    }
  }

  /** A member was dialled in vain: another one may have to stand in. */
  linkFailed(id: string, now: Instant): void {
    if (this.#options.surroundings.linked().includes(id)) return
    if (this.#reachability.failed(id)) this.#regroupAll(now)
  }

  whereaboutsChanged(id: string, now: Instant): void {
    for (const [space, { content }] of this.#spaces)
      if (content.whereaboutsChanged(id)) this.#touched.add(space)
    const entered = this.#members.changed(id, now.monotonicMs)
    if (!this.#members.has(id)) this.#reachability.renew(id)
    if (entered.length > 0 && this.#options.surroundings.linked().includes(id)) this.#offer(id, entered)
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
    for (const [space, { untilMs }] of this.#lingering) {
      if (untilMs > nowMs) continue
      this.#lingering.delete(space)
      this.#effects.push({ type: 'unsubscribe', space })
    }
    for (const [space, entered] of this.#spaces) {
      if (entered.hurryDueMs > nowMs) continue
      entered.hurryDueMs = Number.POSITIVE_INFINITY
      for (const id of draw(this.neighboursIn(space), entered.hurryFanout, this.#options.random))
        this.#offer(id, [space])
      entered.hurryFanout = hurryFanout
    }
    if (this.#reachability.advance(nowMs)) this.#regroupAll(now)
    const near = this.#members.takeNear(this.#groups(), () => this.#bridges(nowMs), nowMs)
    if (near) this.#effects.push({ type: 'near', ids: near })
    this.#askCarriers(now)
    if (nowMs >= this.#schedule.dueMs) {
      this.#schedule.begun(nowMs)
      const candidates = this.#options.surroundings
        .linked()
        .filter(id => this.#members.sharedWith(id).length > 0)
      const holders = new Set([...this.#groups()].flat())
      const drawn = [candidates, candidates.filter(id => holders.has(id))].flatMap(from =>
        draw(from, 1, this.#options.random),
      )
      // An answer shows that the connection is alive: equal holders would else never notice that nothing passes.
      for (const id of new Set(drawn))
        this.#ask(id, askingForSign(this.#offers(id, this.#members.sharedWith(id))), nowMs)
    }
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Some time has passed, or the clock was set. */
  sweep(now: Instant): void {
    for (const [space, { content, transfers }] of this.#spaces) {
      transfers.sweep(now.monotonicMs)
      content.sweep(now)
      this.#touched.add(space)
    }
  }

  /** Monotonic milliseconds. */
  deadlineMs(): number {
    if (this.#spaces.size === 0 && this.#lingering.size === 0) return Number.POSITIVE_INFINITY
    const dueMs = [...this.#spaces.values()].map(space => Math.min(space.hurryDueMs, space.carryDueMs))
    return Math.min(
      ...dueMs,
      ...[...this.#lingering.values()].map(({ untilMs }) => untilMs),
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

  #hurry(space: string, fanout: number, { monotonicMs }: Instant): void {
    const entered = this.#spaces.get(space)
    if (!entered) return
    entered.hurryDueMs = Math.min(entered.hurryDueMs, monotonicMs + hurryWaitMs)
    entered.hurryFanout = Math.max(entered.hurryFanout, fanout)
    this.#schedule.changed(monotonicMs)
  }

  #answer(space: Space, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { content, transfers } = space
    const nowMs = now.monotonicMs
    this.#touched.add(step.space)
    const agreed = agreesWithSpace(content, step)
    if (agreed) this.#schedule.agreed()
    else if (agreed === false) this.#schedule.changed(nowMs)
    const areNews = this.#merge(step.space, step.facts ?? [], now)
    if (agreed || (step.held && content.facts.equals(step.held)))
      this.#effects.push({ type: 'agreed', space: step.space, with: from })
    const { maxDeltaBytes } = this.#options
    const facts = answerFacts(content, step, { startAt: this.#startAt++, maxDeltaBytes })
    let isAnyNew = false
    const documents = (step.documents ?? []).flatMap(each => {
      if (each.carry) content.carry(each.document, now)
      const sync = content.documents.get(each.document)
      if (!sync) return notOpen(transfers, from, each)
      const answer = answerInEpoch({ sync, transfers, nowMs }, from, each)
      this.#refused += answer.refused
      isAnyNew ||= answer.isNew
      return answer.steps
    })
    // Documents go on to all: a member that no offer reaches would wait for the next exchange.
    if (isAnyNew) this.#hurry(step.space, Number.POSITIVE_INFINITY, now)
    else if (areNews) this.#hurry(step.space, hurryFanout, now)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // More waits there. Without progress it would be the same again.
      ...(step.more && areNews ? [offerSpace(step.space, content, from)] : []),
    ]
  }

  /** Connected members that hold a document. */
  #holdersNear(space: string, document: string): Holder[] {
    const linked = new Set(this.neighboursIn(space))
    const { content } = this.#spaces.get(space) ?? {}
    return (content?.holdersOf(document) ?? []).filter(({ id }) => linked.has(id))
  }

  *#groups(): Generator<readonly string[]> {
    for (const { content } of this.#spaces.values())
      for (const document of content.documents.keys()) yield content.holdersOf(document).map(({ id }) => id)
  }

  #bridges(nowMs: number): string[] {
    const { surroundings } = this.#options
    const links = new Set(surroundings.linked())
    return [...this.#spaces].flatMap(([space, { content, bridges }]) => {
      const members = new Set(this.othersIn(space))
      const view: BridgeView = {
        self: surroundings.self,
        isLinked: id => links.has(id),
        isUnreachable: id => this.isUnreachable(id),
        isPresent: id => members.has(id),
      }
      const ids = bridges.take(content.strangers(), view, nowMs)
      this.#members.regroupAt(bridges.dueMs)
      return ids
    })
  }

  #askCarriers(now: Instant): void {
    for (const [space, entered] of this.#spaces) {
      if (entered.carryDueMs > now.monotonicMs) continue
      entered.carryDueMs = Number.POSITIVE_INFINITY
      const { requests, areEnough } = entered.content.wantedCarriers(this.neighboursIn(space))
      for (const [document, id] of requests)
        this.#send(id, [{ space, documents: [{ document, carry: true }] }])
      if (requests.length > 0)
        entered.carryDueMs = now.monotonicMs + (areEnough ? renewIntervalMs : recruitIntervalMs)
    }
  }

  #merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const content = this.#spaces.get(space)?.content
    let news = false
    for (const fact of facts) {
      if (content?.judge(fact, now) !== 'news') continue
      if (fact.type === 'update') {
        const outcome = content.mergeUpdate(fact)
        if (outcome === 'refused') this.#refused += 1
        if (outcome !== 'new') continue
      } else content.merge(fact, now)
      news = true
    }
    if (facts.length > 0) this.#touched.add(space)
    if (news) this.#schedule.changed(now.monotonicMs)
    return news
  }

  /** An update that others built upon was lost: a member that handed over the later one has it, if it holds the document. */
  #pullGaps(space: string, from: string, now: Instant): void {
    const entered = this.#spaces.get(space)
    if (!entered || now.monotonicMs - entered.pulledMs < pullIntervalMs) return
    const gaps = [...entered.content.documents.values()].filter(sync => sync.hasGap())
    if (gaps.length === 0) return
    entered.pulledMs = now.monotonicMs
    for (const { name } of gaps) this.request(space, name, now, from)
  }

  #offer(to: string, spaces: readonly string[]): void {
    this.#send(to, this.#offers(to, spaces))
  }

  #offers(to: string, spaces: readonly string[]): SpaceStep[] {
    return spaces.flatMap(space => {
      const entered = this.#spaces.get(space)
      return entered ? [offerSpace(space, entered.content, to)] : []
    })
  }

  #send(to: string, steps: readonly SpaceStep[]): void {
    if (steps.length === 0) return
    this.#effects.push({ type: 'send-steps', to, steps })
  }

  /** Sends steps of which some may be questions. */
  #ask(to: string, steps: readonly SpaceStep[], nowMs: number): void {
    this.#send(to, steps)
    if (steps.some(asksForAnswer)) this.#reachability.expect(to, nowMs)
  }

  #regroupAll(now: Instant): void {
    for (const space of this.#spaces.keys()) this.regroup(space, now)
  }

  #announce(): void {
    const spaces = [...this.#spaces].map(([space, { entered }]) => ({ space, entered }))
    this.#effects.push({ type: 'announce', spaces })
  }
}
