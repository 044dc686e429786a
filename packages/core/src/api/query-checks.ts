/** Query checks: the arguments of `Cluster.query`, `answer` and `broadcast`. */
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import { isMemberId } from '../wire/member-id.ts'
import { InvalidOptionsError, InvalidValueError } from './errors.ts'
import { checkSpaceName } from './call-options.ts'
import { checkOptionNames } from './option-names.ts'
import type { QueryOptions } from './query.ts'
import { sharedValue } from './shared-value.ts'

const defaultTimeoutMs = 5_000

/** What `Cluster.query` sends. */
export interface QueryRequest {
  readonly name: string
  readonly value: Json
  readonly timeoutMs: number
  /** Undefined: all members. */
  readonly to: readonly string[] | undefined
}

/** @throws {InvalidOptionsError} @throws {InvalidValueError} */
export function queryRequest(name: string, payload: unknown, options: QueryOptions = {}): QueryRequest {
  checkSpaceName('query', name)
  checkOptionNames('query', options, { to: true, timeoutMs: true }, '{ timeoutMs: 1_000 }')
  const { to, timeoutMs = defaultTimeoutMs } = options
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > limits.maxQueryTimeoutMs)
    throw new InvalidOptionsError('query: timeoutMs: give whole milliseconds, 1 to 60,000')
  const value = sharedQueryValue('query', payload)
  return { name, value, timeoutMs, to: to === undefined ? undefined : recipients(to) }
}

/**
 * The payload of a query, an answer or a broadcast.
 *
 * @param from the call that shares the value: the message begins with it
 * @throws {InvalidValueError} JSON would change the value, or it is too large
 */
export function sharedQueryValue(from: string, value: unknown): Json {
  const shared = sharedValue(from, '', value ?? null)
  if (shared.bytes > limits.maxQueryBytes)
    throw new InvalidValueError(`${from}: ${shared.bytes} bytes, at most ${limits.maxQueryBytes}`)
  return shared.value
}

function recipients(to: string | readonly string[]): readonly string[] {
  const ids = [...new Set(Array.isArray(to) ? to : [to])]
  if (ids.length === 0 || ids.length > limits.maxQueryRecipients || !ids.every(isId))
    throw new InvalidOptionsError(
      `query: to: give 1 to ${limits.maxQueryRecipients} member ids, like cluster.self.id`,
    )
  return ids
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && isMemberId(id)
}
