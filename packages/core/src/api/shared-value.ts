/** Shared value: a value of presence, a broadcast or a config, as every member reads it. All three have the same checks. */
import { byteLength } from '../wire/checks.ts'
import { copyJson, type Instances, type Json, type JsonFault } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import { textFault } from '../wire/text.ts'
import { InvalidValueError } from './errors.ts'

export interface SharedValue {
  readonly value: Json
  /** The value as JSON. */
  readonly text: string
  /** Length of `text` in UTF-8. */
  readonly bytes: number
}

/**
 * Copies a value that an app shares.
 *
 * @param from the call or the concept that shares the value, such as `presence`: the message begins with it
 * @param name the name of the value there; empty if it has none
 * @throws {InvalidValueError} JSON would change the value; the message has the path to the cause
 */
export function sharedValue(from: string, name: string, value: unknown, instances?: Instances): SharedValue {
  const copied = copyJson(value, instances)
  if (copied.type === 'fault') throw new InvalidValueError(`${from}: ${describe(name, copied)}`)
  return { value: copied.value, text: copied.text, bytes: byteLength(copied.text) }
}

/** Copies a value that an app broadcasts. @throws {InvalidValueError} JSON would change the value, or it is too large */
export function broadcastValue(value: unknown): SharedValue {
  const shared = sharedValue('broadcast', '', value)
  checkBytes('broadcast', shared.bytes, limits.maxEventBytes)
  return shared
}

/** Checks the length of what is shared. @param what what has this length: the message begins with it @throws {InvalidValueError} */
export function checkBytes(what: string, bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new InvalidValueError(
      `${what}: ${bytes} bytes, at most ${maxBytes}. Put large values into a document`,
    )
}

/** Checks a field name or a key. @throws {InvalidValueError} */
export function checkKey(what: string, key: unknown, maxBytes: number): asserts key is string {
  const fault = textFault(key, maxBytes)
  if (fault !== undefined) throw new InvalidValueError(`${what} ${fault}`)
}

function describe(name: string, { path, reason }: JsonFault): string {
  const location = path.reduce<string>(
    (before, step) =>
      isIdentifier(step)
        ? before === ''
          ? step
          : `${before}.${step}`
        : `${before}[${JSON.stringify(step)}]`,
    name,
  )
  return location === '' ? `the value ${reason}` : `'${location}' ${reason}`
}

const isIdentifier = (step: string | number): step is string =>
  typeof step === 'string' && /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(step)
