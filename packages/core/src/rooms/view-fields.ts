/**
 * View fields: the reserved presence fields in which a member publishes the presence of its views.
 *
 * Each open view has a *slot*, a number below 32. A new view reuses the slot of a closed one. The name of a removed
 * field stays stored while its author is in the room, so names that contain the id of the view would accumulate.
 *
 * | field | value |
 * |---|---|
 * | `view:<slot>` | the header of the view; without a value, no view is open in this slot |
 * | `view:<slot>:<name>` | `[number, value]`: the field with this name in the presence of the view |
 * | `view:<slot>@<document>` | `[number, claim]`: the awareness of the view in this document |
 *
 * The slot is one digit of base 32. A value counts only if its number is the number in the header. So a view never
 * shows values of another view in the same slot, even if they arrive late. The reader checks every value, because a
 * member may send anything.
 */

import { byteLength, isCount, isPlainObject } from '../wire/checks.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'

/** The data that a member publishes about a view, besides the view's fields. */
export interface ViewHeader {
  /** The id of the view. */
  readonly id: string
  /** Greater for a view that had the focus later; 0: the view never had the focus. */
  readonly focus: number
  /** The number of the view among all that the author has opened. */
  readonly number: number
}

export type ViewField =
  | { readonly type: 'header'; readonly slot: number }
  | { readonly type: 'field'; readonly slot: number; readonly name: string }
  | { readonly type: 'awareness'; readonly slot: number; readonly document: string }

const prefix = 'view:'
const separatorIndex = prefix.length + 1
/** So a slot has one digit. */
const slotRadix = limits.maxViews
/** The longest name of a field within a view. */
export const maxViewFieldNameBytes: number = limits.maxFieldNameBytes - separatorIndex - 1

export function viewHeaderField(slot: number): string {
  return `${prefix}${slot.toString(slotRadix)}`
}

export function viewField(slot: number, name: string): string {
  return `${viewHeaderField(slot)}:${name}`
}

export function viewAwarenessField(slot: number, document: string): string {
  return `${viewHeaderField(slot)}@${document}`
}

/** Whether the name is reserved for views. The name may still be malformed. */
export function isViewField(name: string): boolean {
  return name.startsWith(prefix)
}

export function isViewAwarenessField(name: string): boolean {
  return isViewField(name) && name[separatorIndex] === '@'
}

/** @returns undefined: not the name of a view's field */
export function readViewField(name: string): ViewField | undefined {
  if (!isViewField(name)) return undefined
  const slot = Number.parseInt(name.slice(prefix.length, separatorIndex), slotRadix)
  // Reject upper-case letters, which can be parsed as well: otherwise a slot would have two names.
  if (!name.startsWith(viewHeaderField(slot))) return undefined
  const rest = name.slice(separatorIndex + 1)
  switch (name[separatorIndex]) {
    case undefined:
      return { type: 'header', slot }
    case ':':
      return { type: 'field', slot, name: rest }
    case '@':
      return { type: 'awareness', slot, document: rest }
    default:
      return undefined
  }
}

/** @returns undefined: the value is no header */
export function readViewHeader(value: Json | undefined): ViewHeader | undefined {
  if (!isPlainObject(value)) return undefined
  const { id, focus, number } = value
  if (typeof id !== 'string' || id === '' || byteLength(id) > limits.maxViewIdBytes) return undefined
  return isNumber(focus) && isNumber(number) ? { id, focus, number } : undefined
}

/** The value of a field of the view with this number; undefined: the field is of another view, or malformed. */
export function readViewValue(value: Json | undefined, number: number): Json | undefined {
  return Array.isArray(value) && value.length === 2 && value[0] === number ? value[1] : undefined
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && isCount(value)
}
