/**
 * Queries: the queries, answers and broadcasts of one member as a state machine without I/O, timers and clocks.
 *
 * 1. A query or broadcast reaches a member once: by frame if all asked members are connected, otherwise by rumor.
 * 2. A member sends its answer to the asker if the asker is connected. Otherwise the member sends the answer to the peer that
 *    sent the query, which relays it by the same rule. If that peer has left, it dials the asker. An answer is never a rumor.
 * 3. If few members have not answered when half of the time is over, the asker sends the query to each of them once more. A
 *    member that has answered already sends its answer again.
 * 4. An answer counts only while its query runs, and only once for each author, which must have been asked.
 *
 * All facts that are delivered here are verified. Effects are carried out in their order.
 */
import type { Instant } from '../base/clock.ts'
import { ReplayWindow } from '../base/replay-window.ts'
import { maxAheadMs } from '../wire/checks.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import {
  type QueryFact,
  queryId,
  type SignedAnswer,
  type SignedBroadcast,
  type SignedQuery,
} from '../wire/query-fact.ts'
import { AnswerOutbox } from './answer-outbox.ts'
import { ForeignQueries } from './foreign-queries.ts'
import { maxOwnQueries, OwnQueries } from './own-queries.ts'
import { QueryRates, type QueryRoute } from './query-rates.ts'

export type QueriesEffect =
  | { readonly type: 'publish'; readonly fact: QueryFact }
  | { readonly type: 'send'; readonly to: string; readonly facts: readonly QueryFact[] }
  /** This member is asked. */
  | { readonly type: 'run'; readonly id: string; readonly query: SignedQuery }
  /** The asker no longer waits for this member's answer. */
  | { readonly type: 'expired'; readonly id: string }
  /** An answer to a query of this member. */
  | { readonly type: 'answered'; readonly answer: SignedAnswer }
  /** A query of this member has ended. */
  | { readonly type: 'ended'; readonly id: string; readonly missing: readonly string[] }
  | { readonly type: 'broadcast'; readonly fact: SignedBroadcast }

/** This member's view of the cluster. */
export interface QueryView {
  readonly self: string
  /** Whether the member is alive or suspect; also for this member. */
  isHere(id: string): boolean
  /** The members that are alive or suspect, this one included. */
  here(): readonly string[]
  connected(): readonly string[]
  /** Whether a member has the role `reader`, and so may not broadcast. @default no member has this role */
  isReader?(id: string): boolean
}

/**
 * `repeated`: its author sends it again. `ignored`: it is known, or its author is no member here or may not send it.
 * `excess`: an honest peer does not send this much for long.
 */
export type QueryAdmission = 'new' | 'repeated' | 'ignored' | 'excess'

export interface QueriesOptions {
  readonly view: QueryView
}

export class Queries {
  readonly #options: QueriesOptions
  readonly #own = new OwnQueries()
  readonly #foreign = new ForeignQueries()
  readonly #rates = new QueryRates()
  readonly #delivered = new ReplayWindow()
  readonly #outbox = new AnswerOutbox()
  #effects: QueriesEffect[] = []

  constructor(options: QueriesOptions) {
    this.#options = options
  }

  /** How a query to these members, or a broadcast, is sent. @param to undefined: all members */
  routeTo(to: readonly string[] | undefined): QueryRoute {
    const { view } = this.#options
    const connected = new Set(view.connected())
    const isReachedDirectly = (id: string) => id === view.self || connected.has(id) || !view.isHere(id)
    return (to ?? view.here()).every(isReachedDirectly) ? 'direct' : 'rumor'
  }

  /** Counts a query or broadcast that this member is about to sign. @returns why it must not be sent, if so */
  refusal(type: 'query' | 'broadcast', route: QueryRoute, nowMs: number): 'open' | 'rate' | undefined {
    if (type === 'query' && this.#own.size >= maxOwnQueries) return 'open'
    return this.#rates.takeOwn(route, nowMs) ? undefined : 'rate'
  }

  /** Sends a query of this member. */
  ask(query: SignedQuery, nowMs: number): void {
    const { view } = this.#options
    const id = queryId(query)
    const asked = query.to ?? view.here()
    const here = asked.filter(each => view.isHere(each))
    const absent = asked.filter(each => !view.isHere(each))
    this.#own.add(id, query, here, absent, nowMs)
    this.#send(query, here)
    if (here.includes(view.self)) this.#effects.push({ type: 'run', id, query })
    this.#end(nowMs)
  }

  /** Sends a broadcast of this member, and delivers it here. */
  broadcast(fact: SignedBroadcast): void {
    this.#send(fact, this.#options.view.here())
    this.#effects.push({ type: 'broadcast', fact })
  }

  /** Sends this member's answer to a query. */
  answer(answer: SignedAnswer, nowMs: number): void {
    const query = this.#foreign.get(answer.query)
    if (query) query.answer = answer
    if (this.#own.has(answer.query)) this.#answered(answer, nowMs)
    else this.#relay(answer, nowMs)
  }

  /**
   * Whether to verify and deliver a received fact. A direct query or broadcast counts against the rate of its author at once,
   * also if it is repeated: its author sent it, so no other peer uses up this rate, and a frame with many of them is not
   * verified as a whole.
   *
   * @param from the peer that sent it
   */
  admit(fact: QueryFact, from: string, route: QueryRoute, now: Instant): QueryAdmission {
    const admission = this.#judge(fact, from, route, now)
    if ((admission !== 'new' && admission !== 'repeated') || fact.type === 'answer') return admission
    const nowMs = now.monotonicMs
    const isWithinRate =
      route === 'direct'
        ? this.#rates.take(fact.author, route, nowMs)
        : this.#rates.allows(fact.author, route, nowMs)
    return isWithinRate ? admission : 'excess'
  }

  /** As `admit`, regardless of the rates. */
  #judge(fact: QueryFact, from: string, route: QueryRoute, now: Instant): QueryAdmission {
    const { view } = this.#options
    const { author } = fact
    if (author === view.self || !view.isHere(author)) return 'ignored'
    if (fact.type === 'broadcast' && view.isReader?.(author)) return 'ignored'
    if (fact.type === 'answer') {
      if (this.#own.awaits(fact)) return 'new'
      return this.#foreign.toRelay(fact) ? 'new' : 'excess'
    }
    if (route === 'direct' && author !== from) return 'excess'
    if (this.#delivered.has(author, fact.generation, fact.number, now.epochMs + maxAheadMs))
      return route === 'direct' ? 'repeated' : 'ignored'
    return fact.type === 'query' && !this.#foreign.hasCapacity(author) ? 'excess' : 'new'
  }

  /** The author of a query sends it again: it lacks this member's answer. */
  repeat(fact: QueryFact, nowMs: number): void {
    const query = this.#foreign.get(queryId(fact))
    if (!query?.answer) return
    this.#outbox.add(query.asker, query.answer, nowMs)
    query.answer = undefined
  }

  /** Delivers a verified fact. @returns `new`, or why not: other facts may have arrived since the fact was admitted */
  deliver(fact: QueryFact, from: string, route: QueryRoute, now: Instant): QueryAdmission {
    const admission = this.#judge(fact, from, route, now)
    if (admission !== 'new') return admission
    const nowMs = now.monotonicMs
    const { view } = this.#options
    if (fact.type === 'answer') {
      if (this.#own.awaits(fact)) this.#answered(fact, nowMs)
      else this.#relay(fact, nowMs)
      return 'new'
    }
    if (route === 'rumor' && !this.#rates.take(fact.author, route, nowMs)) return 'excess'
    this.#delivered.accept(fact.author, fact.generation, fact.number, now.epochMs + maxAheadMs)
    if (fact.type === 'broadcast') {
      this.#effects.push({ type: 'broadcast', fact })
      return 'new'
    }
    const id = queryId(fact)
    const evicted = this.#foreign.add(id, fact, from, nowMs)
    if (evicted !== undefined) this.#effects.push({ type: 'expired', id: evicted })
    if (fact.to?.includes(view.self) ?? true) this.#effects.push({ type: 'run', id, query: fact })
    return 'new'
  }

  /** The records or statuses of these members changed. */
  membersChanged(ids: readonly string[], nowMs: number): void {
    const { view } = this.#options
    this.#own.gone(ids.filter(id => !view.isHere(id)))
    this.#end(nowMs)
  }

  /** Whether the asker still waits for this member's own answer to the query. */
  isRunning(id: string): boolean {
    return this.#own.has(id) || this.#foreign.get(id) !== undefined
  }

  deadlineMs(): number {
    return Math.min(this.#own.deadlineMs(), this.#foreign.deadlineMs(), this.#outbox.deadlineMs())
  }

  advance(nowMs: number): void {
    this.#end(nowMs)
    for (const { query, to } of this.#own.takeRepeats(nowMs))
      for (const id of to)
        if (id !== this.#options.view.self) this.#effects.push({ type: 'send', to: id, facts: [query] })
    for (const id of this.#foreign.takeEnded(nowMs)) this.#effects.push({ type: 'expired', id })
  }

  /** Ends the queries of this member, because it is leaving. */
  endOwn(): void {
    this.#end(Number.POSITIVE_INFINITY)
  }

  /** Ends all queries, because the member stops. */
  stop(): void {
    this.advance(Number.POSITIVE_INFINITY)
  }

  take(nowMs: number): QueriesEffect[] {
    const effects = this.#effects
    this.#effects = []
    for (const { to, facts } of this.#outbox.take(nowMs)) effects.push({ type: 'send', to, facts })
    return effects
  }

  #send(fact: SignedQuery | SignedBroadcast, recipients: readonly string[]): void {
    const others = recipients.filter(id => id !== this.#options.view.self)
    if (others.length === 0) return
    if (this.routeTo(others) === 'rumor') this.#effects.push({ type: 'publish', fact })
    else for (const to of others) this.#effects.push({ type: 'send', to, facts: [fact] })
  }

  #answered(answer: SignedAnswer, nowMs: number): void {
    this.#own.answered(answer)
    this.#effects.push({ type: 'answered', answer })
    this.#end(nowMs)
  }

  /** Sends an answer one step back on the way of its query. */
  #relay(answer: SignedAnswer, nowMs: number): void {
    const query = this.#foreign.toRelay(answer)
    if (!query) return
    query.relayed.add(answer.author)
    const { asker, upstream } = query
    if (!this.#rates.takeRelayed(asker, factBytes(answer), nowMs)) return
    const connected = this.#options.view.connected()
    // If the peer that brought the query is not connected any more, the transport dials the author of the query.
    const next = connected.includes(asker) || !connected.includes(upstream) ? asker : upstream
    this.#outbox.add(next, answer, nowMs)
  }

  #end(nowMs: number): void {
    for (const { id, missing } of this.#own.takeEnded(nowMs)) {
      this.#effects.push({ type: 'ended', id, missing })
      this.#effects.push({ type: 'expired', id })
    }
  }
}
