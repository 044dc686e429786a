/**
 * Call options: checks of the values that an app gives to the methods of a cluster.
 *
 * Views check them, too. So this file loads neither the wire format nor multiaddrs, which take a fifth of the time of a
 * short command.
 */
import { byteLength, isPlainObject } from '../wire/checks.ts'
import * as limits from '../wire/limits.ts'
import { appExcess } from '../wire/record-limits.ts'
import { halfPairFault, receivedText } from '../wire/text.ts'
import type { LeaveOptions, UpdateChange } from './cluster.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames } from './option-names.ts'

type Tags = Readonly<Record<string, string>>

/** Checks the argument of `cluster.update` in the process of the member. @throws {InvalidOptionsError} */
export function checkMemberUpdate(change: UpdateChange): void {
  const names = { name: true, tags: true, returnsWithinMs: true, hasVisibleView: true } as const
  checkOptionNames('update', change, names, "{ name: 'ada' }")
  const { name, tags, returnsWithinMs = 0 } = change
  checkNameAndTags(name, tags)
  if (returnsWithinMs !== 0) checkLease('update: returnsWithinMs', returnsWithinMs)
}

/**
 * Checks the argument of `cluster.update` of a view: only the process that runs the member knows whether it returns, and who has a view.
 *
 * @throws {InvalidOptionsError}
 */
export function checkUpdate(change: Pick<UpdateChange, 'name' | 'tags'>): void {
  checkOptionNames('update', change, { name: true, tags: true }, "{ name: 'ada' }")
  checkNameAndTags(change.name, change.tags)
}

/** Checks the options of `cluster.suspend`. @returns the length of the lease @throws {InvalidOptionsError} */
export function checkSuspend(options: { leaseMs?: number } = {}): number {
  checkOptionNames('suspend', options, { leaseMs: true }, '{ leaseMs: 600_000 }')
  const { leaseMs = limits.maxAttentionLeaseMs } = options
  checkLease('suspend: leaseMs', leaseMs)
  return leaseMs
}

/** Checks the options of `cluster.leave`. @throws {InvalidOptionsError} */
export function checkLeave(options: LeaveOptions = {}): void {
  checkOptionNames('leave', options, { returnsWithinMs: true }, '{ returnsWithinMs: 10_000 }')
  const { returnsWithinMs } = options
  if (returnsWithinMs !== undefined) checkLease('leave: returnsWithinMs', returnsWithinMs)
}

/**
 * Checks options that contain at most a signal.
 *
 * @param call the call that takes the options: the message begins with it
 * @returns the signal
 * @throws {InvalidOptionsError}
 */
export function checkSignal(call: string, options: { signal?: AbortSignal } = {}): AbortSignal | undefined {
  checkOptionNames(call, options, { signal: true }, '{ signal: AbortSignal.timeout(5_000) }')
  const { signal } = options
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw new InvalidOptionsError(`${call}: signal: give an AbortSignal`)
  return signal
}

/** Checks a listener of a store or of a key. @throws {InvalidOptionsError} */
export function checkListener(call: string, listener: unknown): void {
  if (typeof listener !== 'function')
    throw new InvalidOptionsError(`${call}: give a function, which is called after each change`)
}

function checkLease(option: string, ms: number): void {
  if (!Number.isInteger(ms) || ms < 1 || ms > limits.maxAttentionLeaseMs)
    throw new InvalidOptionsError(`${option}: give whole milliseconds, 1 to 3,600,000`)
}

/** Checks name and tags, at the start and on each change. @throws {InvalidOptionsError} */
export function checkNameAndTags(name: string | undefined, tags: Tags | undefined): void {
  if (name !== undefined && typeof name !== 'string') throw new InvalidOptionsError('name: give a string')
  checkHalfPairs('name: it', name ?? '')
  if (tags !== undefined && !isPlainObject(tags))
    throw new InvalidOptionsError("tags: give an object of strings, like { role: 'host' }")
  for (const [key, value] of Object.entries<unknown>(tags ?? {})) {
    checkHalfPairs(`tags: the key '${receivedText(key)}'`, key)
    if (typeof value !== 'string')
      throw new InvalidOptionsError(`tags: the value of '${key}' is not a string`)
    checkHalfPairs(`tags: the value of '${key}'`, value)
  }
  const excess = appExcess({ name: name ?? '', tags: tags ?? {} })
  if (excess !== undefined) throw new InvalidOptionsError(`${excess}: share less`)
}

/** Names with this prefix are answered by hearsay itself. */
const reservedPrefix = 'hearsay:'

/** Checks the arguments of `cluster.answer`. @throws {InvalidOptionsError} */
export function checkAnswer(name: unknown, handler: unknown): void {
  checkSpaceName('answer', name)
  if (String(name).startsWith(reservedPrefix))
    throw new InvalidOptionsError(
      `answer: names that begin with '${reservedPrefix}' are reserved. Choose another name`,
    )
  if (typeof handler !== 'function')
    throw new InvalidOptionsError('answer: give a function that returns the answer')
}

/**
 * Checks the name of a room, a config, a document or a query.
 *
 * @param call the call that takes the name: the message begins with it
 * @throws {InvalidOptionsError}
 */
export function checkSpaceName(
  call: string,
  name: unknown,
  { minBytes = 1 }: { minBytes?: 0 | 1 } = {},
): void {
  const range = minBytes === 0 ? 'of at most' : `of ${minBytes} to`
  if (typeof name !== 'string' || byteLength(name) < minBytes || byteLength(name) > limits.maxRoomNameBytes)
    throw new InvalidOptionsError(`${call}: give a name ${range} ${limits.maxRoomNameBytes} bytes`)
  checkHalfPairs(`${call}: the name`, name)
}

/** Checks that the string is well-formed: without halves of surrogate pairs. @throws {InvalidOptionsError} */
export function checkHalfPairs(what: string, text: string): void {
  const fault = halfPairFault(text)
  if (fault !== undefined) throw new InvalidOptionsError(`${what} ${fault}`)
}

/** Checks only that the id is a string: an id that no member has is allowed. @throws {InvalidOptionsError} */
export function checkMemberId(call: string, id: unknown): void {
  if (typeof id !== 'string') throw new InvalidOptionsError(`${call}: give a member id, like cluster.self.id`)
}
