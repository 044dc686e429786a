/**
 * Mirrored queries: the queries and broadcasts of a view, the queries of members that its handlers answer, and its calls of
 * `settled`, which the member measures with queries.
 *
 * Loaded with the first such call.
 */
import type { QueryOptions, SettledOptions } from '@hearsay/core'
import {
  checkSignal,
  checkSpaceName,
  type QueryHandlers,
  QueryRunner,
  queryRequest,
  RunningQuery,
  sharedQueryValue,
} from '@hearsay/core/app'
import { resultOf } from '../answer.ts'
import { clusterNumber, type RemoteMember } from '../contract.ts'
import type { ReplyEvent, ViewOutcome } from '../query-calls.ts'
import { PendingCalls } from './pending-calls.ts'

export class MirroredQueries {
  readonly #member: RemoteMember
  readonly #runner: QueryRunner
  /** The running queries of this view, by their numbers. */
  readonly #running = new Map<number, { readonly query: RunningQuery; readonly from: Set<string> }>()
  readonly #settles = new PendingCalls()
  #lastNumber = 0

  /** @param nowMs monotonic milliseconds */
  constructor(member: RemoteMember, handlers: QueryHandlers, nowMs: () => number) {
    this.#member = member
    this.#runner = new QueryRunner(handlers, nowMs)
  }

  /** @throws {InvalidOptionsError} @throws {InvalidValueError} */
  query(name: string, payload: unknown, options: QueryOptions | undefined): RunningQuery {
    const { value, to, timeoutMs } = queryRequest(name, payload, options)
    const number = ++this.#lastNumber
    const query = new RunningQuery()
    this.#running.set(number, { query, from: new Set() })
    void this.#end(number, query, this.#member.query(number, name, value, { timeoutMs, ...(to && { to }) }))
    return query
  }

  /** @throws {InvalidOptionsError} @throws {InvalidValueError} @throws the error of the member */
  async broadcast(name: string, payload: unknown): Promise<void> {
    checkSpaceName('broadcast', name)
    resultOf(await this.#member.broadcastToAll(name, sharedQueryValue('broadcast', payload)))
  }

  /** Resolves when all members agree. @throws {InvalidOptionsError} @throws the reason of the signal */
  async settled(options?: SettledOptions): Promise<void> {
    const signal = checkSignal('settled', options)
    signal?.throwIfAborted()
    const call = ++this.#lastNumber
    const settled = this.#settles.settle(this.#member.synced(clusterNumber, call), signal, () => {
      void this.#member.endSynced(clusterNumber, call)
    })
    resultOf(await settled)
  }

  /** A reply to one of this view's queries. */
  replied([number, reply]: ReplyEvent): void {
    const running = this.#running.get(number)
    if (!running || running.from.has(reply.from)) return
    running.from.add(reply.from)
    running.query.add(reply)
  }

  /** A member asks. */
  asked(number: number, query: Parameters<QueryRunner['run']>[1]): Promise<ViewOutcome> {
    return new Promise(resolve => this.#runner.run(`${number}`, query, resolve))
  }

  /** The asker no longer waits for the answer. */
  askedNoMore(number: number): void {
    this.#runner.end(`${number}`)
  }

  async #end(number: number, query: RunningQuery, answer: ReturnType<RemoteMember['query']>): Promise<void> {
    try {
      const { answers, failures, missing } = resultOf(await answer)
      for (const reply of [...answers, ...failures]) this.replied([number, reply])
      query.end(missing)
    } catch (error) {
      query.fail(error)
    }
    this.#running.delete(number)
  }
}
