/** Query checks: the arguments of `Cluster.query`, `answer` and `broadcast`. */
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import { checkSpaceName } from './call-options.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames } from './option-names.ts'
import type { QueryOptions } from './query.ts'
import { checkBytes, sharedValue } from './shared-value.ts'

const defaultTimeoutMs = 5_000

/** What `Cluster.query` sends. */
export interface QueryRequest {
  readonly name: string
  readonly value: Json
  readonly timeoutMs: number
  /** Undefined: all members. */
  readonly to: readonly string[] | undefined
}

/**
 * @param isMemberId whether a text has the form of a member id. @default not checked here
 * @throws {InvalidOptionsError} @throws {InvalidValueError}
 */
export function queryRequest(
  name: string,
  payload: unknown,
  options: QueryOptions = {},
  isMemberId: (id: string) => boolean = () => true,
): QueryRequest {
  checkSpaceName('query', name)
  checkOptionNames('query', options, { to: true, timeoutMs: true }, '{ timeoutMs: 1_000 }')
  const { to, timeoutMs = defaultTimeoutMs } = options
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > limits.maxQueryTimeoutMs)
    throw new InvalidOptionsError('query: timeoutMs: give whole milliseconds, 1 to 60,000')
  const value = sharedQueryValue('query', payload)
  return { name, value, timeoutMs, to: to === undefined ? undefined : recipients(to, isMemberId) }
}

/**
 * The payload of a query, an answer or a broadcast.
 *
 * @param from the call that shares the value: the message begins with it
 * @throws {InvalidValueError} JSON would change the value, or it is too large
 */
export function sharedQueryValue(from: string, value: unknown): Json {
  const shared = sharedValue(from, '', value ?? null)
  checkBytes(from, shared.bytes, limits.maxQueryBytes)
  return shared.value
}

function recipients(to: string | readonly string[], isMemberId: (id: string) => boolean): readonly string[] {
  const ids = [...new Set(Array.isArray(to) ? to : [to])]
  const areIds = ids.every(id => typeof id === 'string' && isMemberId(id))
  if (ids.length === 0 || ids.length > limits.maxQueryRecipients || !areIds)
    throw new InvalidOptionsError(
      `query: to: give 1 to ${limits.maxQueryRecipients} member ids, like cluster.self.id`,
    )
  return ids
}
