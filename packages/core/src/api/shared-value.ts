/** Shared value: what an app shows, broadcasts or writes, as every member will read it; one rule for all of them. */
import { byteLength } from '../wire/checks.ts'
import { copyJson, type Instances, type Json, type JsonFault } from '../wire/json.ts'
import { textFault } from '../wire/text.ts'
import { InvalidValueError } from './errors.ts'

export interface SharedValue {
  readonly value: Json
  /** As JSON. */
  readonly text: string
  /** Of the text. */
  readonly bytes: number
}

/**
 * @param from what shares it, which begins the message: `presence`
 * @param name what the value is called there; empty: it has no name of its own
 * @throws {InvalidValueError} JSON does not carry it unchanged; the message has the path to what is at fault
 */
export function sharedValue(from: string, name: string, value: unknown, instances?: Instances): SharedValue {
  const copied = copyJson(value, instances)
  if (copied.type === 'fault') throw new InvalidValueError(`${from}: ${describe(name, copied)}`)
  return { value: copied.value, text: copied.text, bytes: byteLength(copied.text) }
}

/** A field name, or a key. @throws {InvalidValueError} */
export function checkKey(what: string, key: unknown, maxBytes: number): asserts key is string {
  const fault = textFault(key, maxBytes)
  if (fault !== undefined) throw new InvalidValueError(`${what} ${fault}`)
}

function describe(name: string, { path, reason }: JsonFault): string {
  const place = path.reduce<string>(
    (before, step) =>
      isIdentifier(step)
        ? before === ''
          ? step
          : `${before}.${step}`
        : `${before}[${JSON.stringify(step)}]`,
    name,
  )
  return place === '' ? `the value ${reason}` : `'${place}' ${reason}`
}

const isIdentifier = (step: string | number): step is string =>
  typeof step === 'string' && /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(step)
