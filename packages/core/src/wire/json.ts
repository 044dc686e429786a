/**
 * JSON: what apps share as values, within bounds.
 *
 * A value is shared only if JSON carries it unchanged, so that all members read what its author wrote. Exceptions,
 * because nothing is lost by them: a property that is `undefined` is left out, and −0 is 0.
 */
import { limits } from './limits.ts'
import { halfPairFault, receivedText } from './text.ts'

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A value as others will read it, and as text. */
export interface CarriedJson {
  readonly type: 'carried'
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

/** A value has more: no limit on its bytes is as high. */
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
export function carryJson(value: unknown, instances: Instances = 'refused'): CarriedJson | JsonFault {
  const copied = copyOf(value, { checksTexts: false, instances })
  if (copied.type === 'fault') return copied
  const text = JSON.stringify(copied.value)
  // Halves of pairs are escaped in it: to look for that costs less than to check each text.
  if (!text.includes('\\ud')) return { ...copied, text }
  const checked = copyOf(copied.value, { checksTexts: true, instances })
  return checked.type === 'fault' ? checked : { ...copied, text }
}

function copyOf(value: unknown, rule: Rule): { readonly type: 'carried'; readonly value: Json } | JsonFault {
  const copier = new Copier(rule)
  try {
    return { type: 'carried', value: copier.copy(value, 0) }
  } catch (error) {
    if (error instanceof Fault)
      return { type: 'fault', path: copier.path.slice(0, error.depth), reason: error.reason }
    // Of a getter, a proxy, or `toJSON`.
    return { type: 'fault', path: [], reason: `cannot be read: ${String(error)}` }
  }
}

/** An object that is not of a class, whatever realm it is from. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return Object.getPrototypeOf(prototype) === null
}

interface Rule {
  readonly checksTexts: boolean
  readonly instances: Instances
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

/** Copies what JSON carries: presence is set at each move of a pointer, so it costs less than JSON.stringify. */
class Copier {
  /** As far as the depth of what is being copied. */
  readonly path: (string | number)[] = []
  readonly #rule: Rule
  #values = 0

  constructor(rule: Rule) {
    this.#rule = rule
  }

  /** @throws {Fault} */
  copy(value: unknown, depth: number): Json {
    switch (typeof value) {
      case 'string':
        if (this.#rule.checksTexts) checkHalfPairs(value, depth, '')
        return value
      case 'number':
        if (!Number.isFinite(value)) throw new Fault(depth, `is ${value}: JSON has no such number`)
        return value === 0 ? 0 : value
      case 'boolean':
        return value
      case 'object':
        return value === null ? null : this.#copyObject(value, depth)
      case 'undefined':
        throw new Fault(depth, 'is undefined, or a hole: JSON has null for what is not there')
      case 'bigint':
        throw new Fault(depth, 'is a bigint: share it as a text, with toString()')
      default:
        throw new Fault(depth, `is a ${typeof value}: share data only`)
    }
  }

  #copyObject(object: object, depth: number): Json {
    if (depth >= limits.maxJsonDepth)
      throw new Fault(0, `is nested deeper than ${limits.maxJsonDepth} levels: does it contain itself?`)
    if (Array.isArray(object)) return this.#copyList(object, depth)
    if (isPlainObject(object)) return this.#copyProperties(object, depth)
    if (this.#rule.instances === 'refused') throw new Fault(depth, instanceFault(object))
    if ('toJSON' in object && typeof object.toJSON === 'function') return this.copy(object.toJSON(), depth)
    // Not what has its content elsewhere than in properties: a Map would be `{}`.
    if (toStringTag(object) !== '[object Object]') throw new Fault(depth, instanceFault(object))
    return this.#copyProperties(object as Readonly<Record<string, unknown>>, depth)
  }

  #copyList(list: readonly unknown[], depth: number): Json {
    const { path } = this
    this.#count(list.length)
    const copy: Json[] = []
    for (let i = 0; i < list.length; i += 1) {
      path[depth] = i
      copy.push(this.copy(list[i], depth + 1))
    }
    return copy
  }

  #copyProperties(object: Readonly<Record<string, unknown>>, depth: number): Json {
    const { path } = this
    const copy: Record<string, Json> = {}
    const keys = Object.keys(object)
    this.#count(keys.length)
    for (const key of keys) {
      if (this.#rule.checksTexts) checkHalfPairs(key, depth, `has a key '${receivedText(key)}' that `)
      path[depth] = key
      const value = object[key]
      if (value === undefined) continue
      const copied = this.copy(value, depth + 1)
      if (key === '__proto__') defineProto(copy, copied)
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

function checkHalfPairs(text: string, depth: number, before: string): void {
  const fault = halfPairFault(text)
  if (fault !== undefined) throw new Fault(depth, before + fault)
}

/** Assigned, it would be no property. */
function defineProto(object: Record<string, Json>, value: Json): void {
  Object.defineProperty(object, '__proto__', { value, enumerable: true, writable: true, configurable: true })
}

/** What to share instead of an instance. */
function instanceFault(object: object): string {
  const name: unknown = object.constructor?.name
  const hint = insteadOf[toStringTag(object).slice(8, -1)] ?? (ArrayBuffer.isView(object) ? bytes : plain)
  return `is an instance of ${typeof name === 'string' && name !== '' ? name : 'a class'}: share ${hint}`
}

const plain = 'a plain object'
const bytes = 'a list of numbers, or a text in base64'
const insteadOf: Readonly<Record<string, string>> = {
  Date: 'its toISOString(), or its getTime()',
  Map: 'Object.fromEntries(map), or a list of its entries',
  Set: 'a list, [...set]',
  ArrayBuffer: bytes,
}

const toStringTag = (object: object): string => Object.prototype.toString.call(object)

/** JSON escapes them; only who did not check writes them. */
const mayHoldHalfPair = (text: string): boolean => /\\ud[89a-f]/i.test(text) || !text.isWellFormed()

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
