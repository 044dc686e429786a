/**
 * JSON: the values that apps share, and their bounds.
 *
 * Hearsay shares a value only if JSON represents it unchanged, so that all members read the value that its author wrote.
 * Two exceptions lose nothing: a property that is `undefined` is left out, and −0 becomes 0.
 */

import { isPlainObject } from './checks.ts'
import * as limits from './limits.ts'
import { halfPairFault, receivedText } from './text.ts'

/** Any value that JSON can represent. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The result of copying a value that JSON can represent. */
export interface CopiedJson {
  /** Distinguishes this result from a `JsonFault`. */
  readonly type: 'copied'
  /** A deep copy of the value, as other members will read it. */
  readonly value: Json
  /** The copy as JSON text. */
  readonly text: string
}

/** The reason why JSON cannot represent a value. */
export interface JsonFault {
  /** Distinguishes this result from a `CopiedJson`. */
  readonly type: 'fault'
  /** The property names and indexes from the value to its invalid part. Empty: the value itself is invalid. */
  readonly path: readonly (string | number)[]
  /** The predicate of a sentence whose subject is the invalid part, such as `is undefined: JSON has null instead`. */
  readonly reason: string
}

/**
 * How to treat instances of classes. `rejected`: an instance makes the value invalid. `as JSON`: the instance
 * is replaced by the result of its `toJSON()` method or by its own properties.
 */
export type Instances = 'rejected' | 'as JSON'

/** Our choice: more values than any byte limit on a shared value allows. */
const maxValues = 32_768

/**
 * The value as every member reads it. Undefined if the text is not JSON, nests deeper than `limits.maxJsonDepth`, or contains
 * a number such as `1e999`, which JavaScript reads as Infinity: an app could not share that value again.
 */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    if (!isShareable(value, limits.maxJsonDepth)) return undefined
    return mayContainUnpairedSurrogate(text) ? repaired(value) : value
  } catch {
    return undefined
  }
}

/** Copies the value as JSON represents it. Never throws, even if a getter or a proxy of the value throws. */
export function copyJson(value: unknown, instances: Instances = 'rejected'): CopiedJson | JsonFault {
  let copier = new Copier(instances, false)
  try {
    const copy = copier.copy(value, 0)
    const text = JSON.stringify(copy)
    if (mayContainUnpairedSurrogate(text)) {
      // Texts are checked only in this case, because checking each text makes copying ten times slower.
      copier = new Copier(instances, true)
      copier.copy(copy, 0)
    }
    return { type: 'copied', value: copy, text }
  } catch (error) {
    const [depth, reason] =
      error instanceof Fault ? [error.depth, error.reason] : [0, `cannot be read: ${String(error)}`]
    return { type: 'fault', path: copier.path.slice(0, depth), reason }
  }
}

class Fault {
  /** The length of the part of the copier's path that leads to the invalid part. */
  readonly depth: number
  readonly reason: string

  constructor(depth: number, reason: string) {
    this.depth = depth
    this.reason = reason
  }
}

/**
 * Copies a value as JSON represents it. Apps set presence at each pointer move, so copying must be fast: it
 * takes about as long as JSON.stringify, and makes JSON.parse unnecessary.
 */
class Copier {
  /**
   * The path to the part that is being copied. Elements beyond the depth of that part belong to earlier
   * parts.
   */
  readonly path: (string | number)[] = []
  readonly #instances: Instances
  readonly #checksTexts: boolean
  #values = 0

  constructor(instances: Instances, checksTexts: boolean) {
    this.#instances = instances
    this.#checksTexts = checksTexts
  }

  /** @throws {Fault} */
  copy(value: unknown, depth: number): Json {
    switch (typeof value) {
      case 'string':
        if (this.#checksTexts) checkText(value, depth, '')
        return value
      case 'number':
        if (Number.isFinite(value)) return value === 0 ? 0 : value
        throw new Fault(depth, `is ${value}: JSON has no such number`)
      case 'boolean':
        return value
      case 'undefined':
        throw new Fault(depth, 'is undefined: JSON has null instead')
      case 'object':
        return value === null ? null : this.#copyObject(value, depth)
      default:
        throw new Fault(depth, changed(typeof value))
    }
  }

  #copyObject(object: object, depth: number): Json {
    if (depth >= limits.maxJsonDepth)
      throw new Fault(0, `is nested deeper than ${limits.maxJsonDepth} levels: does it contain itself?`)
    if (Array.isArray(object)) return this.#copyList(object, depth)
    if (isPlainObject(object)) return this.#copyProperties(object, depth)
    if (this.#instances === 'as JSON') {
      if ('toJSON' in object && typeof object.toJSON === 'function') return this.copy(object.toJSON(), depth)
      // Excludes objects that store their content outside of properties: a Map would become `{}`.
      if (Object.prototype.toString.call(object) === '[object Object]')
        return this.#copyProperties({ ...object }, depth)
    }
    throw new Fault(depth, changed(object.constructor?.name || 'class instance'))
  }

  #copyList(list: readonly unknown[], depth: number): Json {
    this.#count(list.length)
    const copy: Json[] = []
    for (let i = 0; i < list.length; i += 1) {
      this.path[depth] = i
      copy.push(this.copy(list[i], depth + 1))
    }
    return copy
  }

  #copyProperties(object: Readonly<Record<string, unknown>>, depth: number): Json {
    const copy: Record<string, Json> = {}
    const keys = Object.keys(object)
    this.#count(keys.length)
    for (const key of keys) {
      if (this.#checksTexts) checkText(key, depth, `has a key '${receivedText(key)}' that `)
      this.path[depth] = key
      const value = object[key]
      if (value === undefined) continue
      const copied = this.copy(value, depth + 1)
      // An assignment would set the prototype.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, ...ordinary })
      else copy[key] = copied
    }
    return copy
  }

  /** A few objects that are referenced many times would expand to a huge number of JSON values. */
  #count(values: number): void {
    this.#values += values
    if (this.#values > maxValues) throw new Fault(0, `has more than ${maxValues} values: share less`)
  }
}

const ordinary = { enumerable: true, writable: true, configurable: true }

function checkText(text: string, depth: number, before: string): void {
  const fault = halfPairFault(text)
  if (fault !== undefined) throw new Fault(depth, before + fault)
}

const changed = (kind: string): string =>
  `is a ${kind}: share plain objects, lists, texts and numbers, which JSON carries unchanged`

/** JSON.stringify escapes unpaired surrogates; other encoders may write them unescaped. */
const mayContainUnpairedSurrogate = (text: string): boolean => /\\ud/i.test(text) || !text.isWellFormed()

function repaired(value: Json): Json {
  if (typeof value === 'string') return receivedText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(repaired)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [receivedText(key), repaired(inner)]))
}

function isShareable(value: Json, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  for (const inner of Object.values(value)) if (!isShareable(inner, depth - 1)) return false
  return true
}
