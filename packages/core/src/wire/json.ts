/**
 * JSON: what apps share as values, within bounds.
 *
 * A value is shared only if JSON carries it unchanged, so that all members read what its author wrote. Exceptions,
 * because nothing is lost by them: a property that is `undefined` is left out, and −0 is 0.
 */
import { limits } from './limits.ts'
import { isPlainObject } from './plain-object.ts'
import { halfPairFault, receivedText } from './text.ts'

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A value as others will read it, and as text. */
export interface CopiedJson {
  readonly type: 'copied'
  readonly value: Json
  readonly text: string
}

/** Why JSON cannot carry a value. */
export interface JsonFault {
  readonly type: 'fault'
  /** From the value to what is at fault: property names and indexes. Empty: the value itself. */
  readonly path: readonly (string | number)[]
  /** The end of a sentence that begins with what is at fault. */
  readonly reason: string
}

/** Whether instances of classes are refused, or stand for their `toJSON()` or their own properties. */
export type Instances = 'refused' | 'as JSON'

/** No limit on the bytes of a value is as high. */
const maxValues = 32_768

/** The value as every member reads it; undefined: it is no JSON, or deeper than anybody needs. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    if (!isShallow(value, limits.maxJsonDepth)) return undefined
    return mayHoldHalfPair(text) ? repaired(value) : value
  } catch {
    return undefined
  }
}

/** Copies the value as JSON carries it. Never throws, whatever getters and proxies do. */
export function copyJson(value: unknown, instances: Instances = 'refused'): CopiedJson | JsonFault {
  let copier = new Copier(instances, false)
  try {
    const copy = copier.copy(value, 0)
    const text = JSON.stringify(copy)
    if (mayHoldHalfPair(text)) {
      // Only then: to check each text costs ten times as much.
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
  /** How far the copier's path leads to what is at fault. */
  readonly depth: number
  readonly reason: string

  constructor(depth: number, reason: string) {
    this.depth = depth
    this.reason = reason
  }
}

/** Presence is set at each move of a pointer: copying costs about as much as JSON.stringify, and saves JSON.parse. */
class Copier {
  /** As far as the depth of what is being copied. */
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
      // Not what has its content elsewhere than in properties: a Map would be `{}`.
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
      // Assigned, it would be no property.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, ...ordinary })
      else copy[key] = copied
    }
    return copy
  }

  /** Of few objects that contain each other often, JSON makes many. */
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

/** JSON.stringify escapes them. What others sent may be written otherwise. */
const mayHoldHalfPair = (text: string): boolean => /\\ud/i.test(text) || !text.isWellFormed()

function repaired(value: Json): Json {
  if (typeof value === 'string') return receivedText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(repaired)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [receivedText(key), repaired(inner)]))
}

function isShallow(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  for (const inner of Object.values(value)) if (!isShallow(inner, depth - 1)) return false
  return true
}
