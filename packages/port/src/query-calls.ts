/** Query calls: the calls between a view and the member's side about queries and broadcasts. */
import type { Json, QueryAnswer, QueryFailure, QueryOptions, QueryResult } from '@hearsay/core'
import type { Answer } from './answer.ts'

/** A reply to query `number` of the view: the detail of an event `reply` of the cluster. */
export type ReplyEvent = readonly [number: number, reply: QueryAnswer | QueryFailure]

/** The calls that the member's side answers. The right `queries` is required. */
export interface QueryCalls {
  /**
   * Asks members. Each reply arrives as an event, and the result contains all replies.
   *
   * @param number a number that the view chooses, and that no running query of it has
   */
  query(number: number, name: string, payload: Json, options: QueryOptions): Promise<Answer<QueryResult>>
  /** Begins or ends the passing of queries with this name to the view. */
  answerQueries(name: string, isAnswered: boolean): Answer<void>
  /** Broadcasts a value to all members. */
  broadcastToAll(name: string, payload: Json): Promise<Answer<void>>
}

/** The answer of a handler in a view. */
export type ViewOutcome = { readonly value: Json } | { readonly failure: QueryFailure['reason'] }

/** The calls that a view receives. */
export interface ViewQueryCalls {
  /** A member asks. @param number chosen by the member's side @param from the id of the member */
  asked(number: number, name: string, payload: Json, from: string): Promise<ViewOutcome>
  /** The asker no longer waits for the answer. */
  askedNoMore(number: number): void
}

/** The calls about queries that a view makes and its member answers. */
export const queryCalls: readonly (keyof QueryCalls)[] = ['query', 'answerQueries', 'broadcastToAll']
