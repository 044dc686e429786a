/**
 * Spaces: the rooms and shared configs that one member is in, without sockets and clocks.
 *
 * As with the machine of the cluster: facts come in signed and verified, one's own by the same door as others';
 * nothing waits; what is to be done is returned, and time comes in.
 */
import type { SpacesLoad } from '../cluster/spaces-port.ts'
import { draw } from '../gossip/draw.ts'
import { SyncSchedule } from '../gossip/sync-schedule.ts'
import type { Instant } from '../state/instant.ts'
import type { SpaceEntry } from '../wire/fact.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { takeDocuments, takeUpdate } from './document-intake.ts'
import { maxUpdateBytes } from './document-sync.ts'
import type { Judgement } from './judgement.ts'
import type { SpaceContent } from './space-content.ts'
import { agreesWithSpace, answerSpace, offerSpace, type SpaceExchangeOptions } from './space-exchange.ts'
import { SpaceMembers, type Surroundings } from './space-members.ts'
import { Transfers } from './transfers.ts'

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
  readonly exchange: SpaceExchangeOptions
  /** There is something that rumors do not carry: to be offered then … */
  hurryDueMs: number
  /** … to so many. */
  hurryFanout: number
  /** When a document last asked for what it lacks. */
  pulledMs: number
}

const minIntervalMs = 1_000
const maxIntervalMs = 30_000
const sweepIntervalMs = 30_000
/** What came in an exchange is offered on to so many. */
const hurryFanout = 3
const hurryWaitMs = 50
const pullIntervalMs = 200
/** A space is left for good so long after its app left it: whoever comes back at once finds all as it was. */
const lingerMs = 15_000

export class Spaces {
  readonly #options: SpacesOptions
  readonly #spaces = new Map<string, Space>()
  /** Left by the app, not yet unsubscribed: until when, and what was held. Its rumors are still passed on. */
  readonly #lingering = new Map<string, { readonly untilMs: number; readonly content: SpaceContent }>()
  readonly #members: SpaceMembers
  readonly #schedule: SyncSchedule
  #effects: SpacesEffect[] = []
  #lastEntered = 0
  #startAt = 0
  #sweepDueMs: number
  #refused = 0

  constructor(options: SpacesOptions, nowMs: number) {
    this.#options = options
    this.#members = new SpaceMembers(options.surroundings)
    this.#schedule = new SyncSchedule({ minIntervalMs, maxIntervalMs, random: options.random }, nowMs)
    this.#sweepDueMs = nowMs + sweepIntervalMs
  }

  load(): SpacesLoad {
    const spaces = [...this.#spaces.values()]
    return {
      spaces: spaces.length,
      facts: spaces.reduce((sum, { content }) => sum + content.facts.size, 0),
      transfers: spaces.reduce((sum, { exchange }) => sum + exchange.transfers.size, 0),
      refused: this.#refused,
    }
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
    const exchange = {
      space,
      content,
      transfers: new Transfers({ maxBytes: maxUpdateBytes }),
      maxDeltaBytes: this.#options.maxDeltaBytes,
    }
    this.#spaces.set(space, {
      entered,
      content,
      exchange,
      hurryDueMs: now.monotonicMs,
      hurryFanout,
      pulledMs: Number.NEGATIVE_INFINITY,
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
    this.#lingering.set(space, { untilMs: now.monotonicMs + lingerMs, content: left.content })
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
    if (news.length > 0) this.#effects.push({ type: 'publish', space, facts: news })
    this.#schedule.changed(now.monotonicMs)
  }

  /** An update of one's own that is too long for a rumor, for all that one is connected to there, who tell it on. */
  push(space: string, document: string, update: Uint8Array): void {
    for (const id of this.neighboursIn(space)) this.#send(id, [{ space, documents: [{ document, update }] }])
  }

  /** Something of one's own changed that is too long to be pushed: all that one is connected to there hear of it soon. */
  hurryToAll(space: string, now: Instant): void {
    this.#hurry(space, Number.POSITIVE_INFINITY, now)
  }

  /** Asks some what they hold, who answer though nothing differs. */
  ask(space: string): void {
    const facts = this.#spaces.get(space)?.content.facts
    if (!facts) return
    for (const id of draw(this.neighboursIn(space), hurryFanout, this.#options.random))
      this.#send(id, [{ space, held: facts.held(undefined, true) }])
  }

  /** Steps of exchanges; their facts are those that are news and verified. */
  steps(from: string, steps: readonly SpaceStep[], now: Instant): void {
    const answers: SpaceStep[] = []
    for (const step of steps) {
      const space = this.#spaces.get(step.space)
      if (!space) continue
      const agreed = agreesWithSpace(space.content, step)
      if (agreed) this.#schedule.agreed()
      else if (agreed === false) this.#schedule.changed(now.monotonicMs)
      const areNews = this.#merge(step.space, step.facts ?? [], now)
      const taken = takeDocuments(space.exchange, from, step.documents ?? [], now.monotonicMs)
      this.#refused += taken.refused
      const news = areNews || taken.news
      if (agreed || (step.held && space.content.facts.equals(step.held)))
        this.#effects.push({ type: 'agreed', space: step.space, with: from })
      const answer = answerSpace(space.exchange, from, step, this.#startAt++, now.monotonicMs)
      if (answer) answers.push(answer)
      if (taken.asks.length > 0) answers.push({ space: step.space, documents: taken.asks })
      if (news) this.#hurry(step.space, hurryFanout, now)
      // More waits there. Without progress it would be the same again.
      if (step.more && news) answers.push(offerSpace(space.exchange))
    }
    this.#send(from, answers)
  }

  linkOpened(id: string): void {
    // One of the two ends begins.
    if (this.#options.surroundings.self < id) this.#offer(id, this.#members.sharedWith(id))
  }

  linkClosed(id: string): void {
    for (const { exchange } of this.#spaces.values()) exchange.transfers.closed(id)
  }

  whereaboutsChanged(id: string, now: Instant): void {
    for (const { content } of this.#spaces.values()) content.whereaboutsChanged(id)
    this.#members.changed(id, now.monotonicMs)
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
    const near = this.#members.takeNear(nowMs)
    if (near) this.#effects.push({ type: 'near', ids: near })
    if (nowMs >= this.#schedule.dueMs) {
      this.#schedule.begun(nowMs)
      const candidates = this.#options.surroundings
        .linked()
        .filter(id => this.#members.sharedWith(id).length > 0)
      for (const id of draw(candidates, 1, this.#options.random))
        this.#offer(id, this.#members.sharedWith(id))
    }
    if (nowMs >= this.#sweepDueMs) {
      this.#sweepDueMs = nowMs + sweepIntervalMs
      this.sweep(now)
    }
  }

  /** Some time has passed, or the clock was set. */
  sweep(now: Instant): void {
    for (const { content } of this.#spaces.values()) content.sweep(now)
  }

  /** Monotonic milliseconds. */
  deadlineMs(): number {
    if (this.#spaces.size === 0 && this.#lingering.size === 0) return Number.POSITIVE_INFINITY
    const hurryDueMs = [...this.#spaces.values()].map(space => space.hurryDueMs)
    return Math.min(
      ...hurryDueMs,
      ...[...this.#lingering.values()].map(({ untilMs }) => untilMs),
      this.#members.dueMs,
      this.#schedule.dueMs,
      this.#sweepDueMs,
    )
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

  #merge(space: string, facts: readonly SpaceFact[], now: Instant): boolean {
    const content = this.#spaces.get(space)?.content
    let news = false
    for (const fact of facts) {
      if (content?.judge(fact, now) !== 'news') continue
      if (fact.type === 'update') {
        const judgement = takeUpdate(content, fact)
        if (judgement === 'refused') this.#refused += 1
        if (judgement !== 'news') continue
      } else content.merge(fact, now)
      news = true
    }
    if (news) this.#schedule.changed(now.monotonicMs)
    return news
  }

  /** An update that others built upon was lost: whoever handed over the later one has it. */
  #pullGaps(space: string, from: string, now: Instant): void {
    const entered = this.#spaces.get(space)
    if (!entered || now.monotonicMs - entered.pulledMs < pullIntervalMs) return
    const gaps = [...entered.content.documents.values()].filter(sync => sync.hasGap())
    if (gaps.length === 0) return
    entered.pulledMs = now.monotonicMs
    const documents = gaps.map(sync => ({ document: sync.name, stateVector: sync.stateVector() }))
    this.#send(from, [{ space, documents }])
  }

  #offer(to: string, spaces: readonly string[]): void {
    this.#send(
      to,
      spaces.flatMap(space => {
        const entered = this.#spaces.get(space)
        return entered ? [offerSpace(entered.exchange)] : []
      }),
    )
  }

  #send(to: string, steps: readonly SpaceStep[]): void {
    if (steps.length > 0) this.#effects.push({ type: 'send-steps', to, steps })
  }

  #announce(): void {
    const spaces = [...this.#spaces].map(([space, { entered }]) => ({ space, entered }))
    this.#effects.push({ type: 'announce', spaces })
  }
}
