/** Query: the types of queries to members of the cluster, their answers, and broadcasts to all members. */
import type { Json } from '../wire/json.ts'
import type { AnswerFailure } from '../wire/query-fact.ts'

/** Options of `Cluster.query`. */
export interface QueryOptions {
  /**
   * The ids of the members to ask, 1 to 256, this member included if its id is among them.
   *
   * @default all members that are alive or suspect, this one included
   */
  readonly to?: string | readonly string[]
  /**
   * How long to wait for answers, in whole milliseconds, 1 to 60,000. With a greater value, slow members have time to answer,
   * but a query takes longer if a member does not answer. @default 5_000
   */
  readonly timeoutMs?: number
}

/** The answer of a member. */
export interface QueryAnswer {
  /** The member id. */
  readonly from: string
  /** The value that its handler returned, as JSON carries it; null for `undefined`. hearsay does not check its shape. */
  readonly value: Json
}

/** A member received the query but answered without a value. */
export interface QueryFailure {
  /** The member id. */
  readonly from: string
  /**
   * `no-handler`: its app does not answer queries of this name. `busy`: too many queries are running there: 8 of this
   * member, or 32 of all members. `error`: its handler failed, or returned a value that cannot be shared. Details of the
   * error stay there.
   */
  readonly reason: AnswerFailure
}

/** The result of a query. Each asked member is in one of the three lists, in the order in which the members answered. */
export interface QueryResult {
  /** The members that answered with a value. */
  readonly answers: readonly QueryAnswer[]
  /** The members that answered without a value. */
  readonly failures: readonly QueryFailure[]
  /**
   * The ids of the members that did not answer until the query ended, and of those that were dead, unknown or had left,
   * for which the query did not wait. The member may have run its handler: its answer can be lost.
   */
  readonly missing: readonly string[]
}

/**
 * A running query. As a promise it resolves with the whole result, at the deadline, when no member is missing any more, or when
 * this member leaves.
 * As an iterable it yields each answer and each failure when it arrives, and ends when the promise resolves.
 */
export interface Query extends Promise<QueryResult>, AsyncIterable<QueryAnswer | QueryFailure> {}

/** A query by another member or by this one, as a handler receives it. */
export interface AskedQuery {
  /** The id of the member that asks. */
  readonly from: string
  /** Aborted when the asking member does not wait any more, or when this member leaves. */
  readonly signal: AbortSignal
}

/**
 * Answers queries of one name.
 *
 * @param payload the value that the asking member sent, as JSON carries it. hearsay does not check its shape.
 * @returns the value to answer with, or a promise of it: anything that JSON carries, up to 16 kB
 */
export type QueryHandler = (payload: Json, query: AskedQuery) => unknown

/** A broadcast of a member, this one included. */
export interface ClusterBroadcast {
  /** The member id. */
  readonly from: string
  /** The name of the broadcast. */
  readonly name: string
  /** The value that the member broadcast, as JSON carries it. hearsay does not check its shape. */
  readonly value: Json
}
