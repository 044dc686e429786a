/**
 * Queries driver: runs the queries of one member with its clock, its transport and the handlers of its app.
 *
 * Messages of peers pass query-inbound.ts first. Handlers and listeners of the app run after the step that caused them. If
 * signing and verifying are synchronous, a step is synchronous, too.
 */
import { RateLimitError } from '../api/errors.ts'
import type { QueryRequest } from '../api/query-checks.ts'
import type { Clock } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import { Queries, type QueriesEffect, type QueryAdmission, type QueryView } from '../queries/queries.ts'
import type { QueryRoute } from '../queries/query-rates.ts'
import { isMisdated } from '../table/incarnation.ts'
import type { Json } from '../wire/json.ts'
import { encodeQueryFrame } from '../wire/query-codec.ts'
import {
  draftQueryFact,
  type QueryFact,
  type QueryFactBody,
  queryId,
  type SignedAnswer,
  type SignedBroadcast,
  type SignedQuery,
  signedQueryBytes,
} from '../wire/query-fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'
import type { AppNotifications } from './app-notifications.ts'
import type { ViolationReporter } from './peer-score.ts'
import type { QueriesPort, RumorVerdict, Transport } from './ports.ts'
import type { QueryHandlers } from './query-handlers.ts'
import { QueryInbound, type QueryReceiver } from './query-inbound.ts'
import { type Outcome, QueryRunner } from './query-runner.ts'

export interface QueriesDriverOptions {
  readonly view: QueryView
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The present incarnation of this member. */
  readonly incarnation: () => number
  readonly clock: Clock
  readonly notifications: AppNotifications
  readonly transport: Transport
  readonly keys: Signer & Verifier
  readonly reporter: ViolationReporter
  readonly handlers: QueryHandlers
  /** A member broadcast a value, this member included. */
  readonly broadcast: (fact: SignedBroadcast) => void
  /** The driver calls a function of the app that may return a promise, or settles one for which the app waits. */
  readonly appCalled: () => void
}

/** The caller of a query. Called after the step. */
export interface QueryListener {
  answered(answer: SignedAnswer): void
  /** @param missing the members that did not answer */
  ended(missing: readonly string[]): void
}

export class QueriesDriver implements QueriesPort, QueryReceiver {
  readonly #options: QueriesDriverOptions
  readonly #queries: Queries
  readonly #inbound: QueryInbound
  readonly #runner: QueryRunner
  /** By the ids of this member's running queries. */
  readonly #listeners = new Map<string, QueryListener>()
  #cancelTimer: () => void = () => {}
  #generation: number
  #lastNumber = 0
  #isAsking = true
  #isRunning = true

  constructor(options: QueriesDriverOptions) {
    this.#options = options
    this.#generation = options.incarnation()
    this.#queries = new Queries(options)
    this.#inbound = new QueryInbound({ ...options, receiver: this })
    this.#runner = new QueryRunner(options.handlers, () => this.#nowMs())
  }

  /**
   * Asks a query. If signing is asynchronous, the returned promise resolves when the query is sent.
   *
   * @throws {RateLimitError} nothing was sent
   */
  ask({ to, ...request }: QueryRequest, listener: QueryListener): void | Promise<void> {
    this.#checkRates('query', to)
    const body = { type: 'query', ...this.#numbered(), ...request, to } as const
    return andThen(this.#signed(body), fact => {
      if (!this.#isAsking) return listener.ended(to ?? this.#options.view.here())
      this.#listeners.set(queryId(fact), listener)
      this.#step(queries => queries.ask(fact as SignedQuery, this.#nowMs()))
    })
  }

  /** Broadcasts a value. @throws {RateLimitError} nothing was sent */
  broadcast(name: string, value: Json): void | Promise<void> {
    this.#checkRates('broadcast', undefined)
    return andThen(this.#signed({ type: 'broadcast', ...this.#numbered(), name, value }), fact =>
      this.#step(queries => queries.broadcast(fact as SignedBroadcast)),
    )
  }

  frame(from: string, bytes: Uint8Array): void | Promise<void> {
    if (this.#isRunning) return this.#options.notifications.step(() => this.#inbound.frame(from, bytes))
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    if (!this.#isRunning) return 'ignore'
    return this.#options.notifications.step(() => this.#inbound.rumor(from, bytes))
  }

  membersChanged(ids: readonly string[]): void {
    this.#step(queries => queries.membersChanged(ids, this.#nowMs()))
  }

  admit(fact: QueryFact, from: string, route: QueryRoute): QueryAdmission {
    return this.#queries.admit(fact, from, route, this.#options.clock.now())
  }

  repeat(fact: QueryFact): void {
    this.#step(queries => queries.repeat(fact, this.#nowMs()))
  }

  deliver(fact: QueryFact, from: string, route: QueryRoute): QueryAdmission {
    return this.#step(queries => queries.deliver(fact, from, route, this.#options.clock.now())) ?? 'ignored'
  }

  /** The member is leaving: ends its own queries. The member still answers queries of other members. */
  endOwn(): void {
    this.#isAsking = false
    this.#step(queries => queries.endOwn())
  }

  /** Ends all queries: each caller receives the ids of the missing members. */
  stop(): void {
    this.#isAsking = false
    this.#step(queries => queries.stop())
    this.#isRunning = false
    this.#cancelTimer()
  }

  #checkRates(type: 'query' | 'broadcast', to: readonly string[] | undefined): void {
    const refusal = this.#queries.refusal(type, this.#queries.routeTo(to), this.#nowMs())
    if (refusal === 'open')
      throw new RateLimitError(
        'query: 64 queries are running. Wait until some have ended, or ask several members at once',
      )
    if (refusal === 'rate')
      throw new RateLimitError(
        `${type}: this member sends more than other members accept. Ask less often, or share the value in a room or a config`,
      )
  }

  #numbered(): { generation: number; number: number } {
    const incarnation = this.#options.incarnation()
    // The clock was wrong, and was set.
    if (isMisdated(this.#generation, incarnation)) this.#generation = incarnation
    this.#lastNumber += 1
    return { generation: this.#generation, number: this.#lastNumber }
  }

  #signed(body: QueryFactBody): QueryFact | Promise<QueryFact> {
    const { keys, cluster, view } = this.#options
    const draft = draftQueryFact(view.self, body)
    return andThen(keys.sign(signedQueryBytes(cluster, draft)), signature => ({ ...draft, signature }))
  }

  #step<T>(act: (queries: Queries) => T): T | undefined {
    if (!this.#isRunning) return undefined
    return this.#options.notifications.step(() => {
      const result = act(this.#queries)
      this.#finish()
      return result
    })
  }

  #finish(): void {
    for (const effect of this.#queries.take(this.#nowMs())) this.#executeOne(effect)
    const { clock } = this.#options
    this.#cancelTimer()
    const deadlineMs = this.#queries.deadlineMs()
    if (!this.#isRunning || deadlineMs === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = clock.setTimer(deadlineMs, () =>
      this.#step(queries => queries.advance(this.#nowMs())),
    )
  }

  #executeOne(effect: QueriesEffect): void {
    const { transport, broadcast } = this.#options
    switch (effect.type) {
      case 'publish':
        transport.publish(encodeQueryFrame([effect.fact]))
        break
      case 'send':
        transport.send(effect.to, 'query', encodeQueryFrame(effect.facts))
        break
      case 'run':
        this.#callApp(() =>
          this.#runner.run(effect.id, effect.query, outcome => this.#answer(effect.id, outcome)),
        )
        break
      case 'expired':
        this.#callApp(() => this.#runner.end(effect.id))
        break
      case 'answered':
        this.#callApp(() => this.#listeners.get(effect.answer.query)?.answered(effect.answer))
        break
      case 'ended':
        this.#callApp(() => {
          const listener = this.#listeners.get(effect.id)
          this.#listeners.delete(effect.id)
          listener?.ended(effect.missing)
        })
        break
      case 'broadcast':
        this.#options.appCalled()
        broadcast(effect.fact)
        break
    }
  }

  #callApp(act: () => void): void {
    this.#options.notifications.event(() => {
      this.#options.appCalled()
      act()
    })
  }

  #answer(query: string, outcome: Outcome): void {
    if (!this.#isRunning || !this.#queries.isRunning(query)) return
    void andThen(this.#signed({ type: 'answer', query, outcome }), fact =>
      this.#step(queries => queries.answer(fact as SignedAnswer, this.#nowMs())),
    )
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs
  }
}
