/**
 * Local presence: the fields that this member publishes in one room, checked before they are published.
 *
 * Changes are collected; each changed field is published once, with its newest value. Awareness and the presence of views
 * are fields like any other and count towards the limits, but are not in the store.
 *
 * Other members keep the names of removed fields while the generation of the presence lasts, because a later value may have
 * overtaken a removal. When there are too many of them, all fields are published in another generation, without these.
 */

import { InvalidValueError } from '../api/errors.ts'
import { checkBytes, checkKey, type SharedValue, sharedValue } from '../api/shared-value.ts'
import {
  isAnnouncement,
  isAwarenessField,
  isReservedField,
  readAwarenessClaim,
} from '../rooms/reserved-fields.ts'
import { isViewField } from '../rooms/view-fields.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import { byteLength, isPlainObject } from '../wire/checks.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import type { SpaceFactBody } from '../wire/space-fact.ts'
import { receivedText } from '../wire/text.ts'

/** Undefined: the field was removed. */
type Field = SharedValue | undefined

/** The generation of this member's presence in the room. */
export interface PresenceGeneration {
  readonly present: () => number
  readonly renew: () => void
}

export class LocalPresence {
  readonly store: OwnedStore<Readonly<Record<string, Json>>>
  readonly #generation: PresenceGeneration | undefined
  #isRenewalDue = false
  #fields: ReadonlyMap<string, Field> = new Map()
  readonly #unsent = new Set<string>()
  #version = 0
  #snapshot: Readonly<Record<string, Json>> = Object.freeze({})

  /** @param generation undefined: the receiver does not keep the names of removed fields */
  constructor(notifications: AppNotifications, generation?: PresenceGeneration) {
    this.#generation = generation
    this.store = createStore(notifications, () => this.#snapshot)
  }

  /** The value of one field; undefined if the field has no value. */
  valueOf(name: string): Json | undefined {
    return this.#fields.get(name)?.value
  }

  /**
   * Changes the named fields.
   *
   * @returns whether any changed
   * @throws {InvalidValueError} a value is invalid. Nothing was changed
   */
  set(change: Readonly<Record<string, unknown>>): boolean {
    const fields = new Map(this.#fields)
    const changed: string[] = []
    for (const [name, value] of Object.entries(change)) {
      const field = fieldOf(name, value)
      if (fields.get(name)?.text === field?.text) continue
      fields.set(name, field)
      changed.push(name)
    }
    checkSize(fields)
    this.#fields = fields
    if (areNamesTooMany(fields)) this.renew()
    for (const name of changed) this.#unsent.add(name)
    if (!changed.every(isReservedField)) this.#snapshot = Object.freeze(valuesOf(fields))
    this.store.refresh()
    return changed.length > 0
  }

  /** From now on, all fields are unpublished, and are published in another generation. */
  renew(): void {
    this.#isRenewalDue = true
  }

  /** Takes the changes that have not been published yet. */
  takeUnsent(): SpaceFactBody[] {
    if (this.#isRenewalDue) this.#startGeneration()
    const bodies = [...this.#unsent].map(name => {
      this.#version += 1
      const value = this.#fields.get(name)?.value
      const generation = this.#generation?.present() ?? 0
      return { type: 'field', generation, version: this.#version, name, value } as const
    })
    this.#unsent.clear()
    return bodies
  }

  #startGeneration(): void {
    this.#isRenewalDue = false
    this.#fields = new Map([...this.#fields].filter(([, field]) => field !== undefined))
    if (!this.#generation) return
    this.#generation.renew()
    this.#unsent.clear()
    for (const name of this.#fields.keys()) this.#unsent.add(name)
  }
}

/**
 * Checks that the argument of `presence.set` is an object of fields, and that no name is reserved.
 *
 * @throws {InvalidValueError}
 */
export function checkFields(change: unknown): asserts change is Readonly<Record<string, unknown>> {
  if (!isPlainObject(change))
    throw new InvalidValueError('presence: give an object of fields, like { cursor: { x: 1, y: 2 } }')
  const reserved = Object.keys(change).find(isReservedField)
  if (reserved !== undefined)
    throw new InvalidValueError(
      `presence: the field '${receivedText(reserved)}' is reserved for documents and views. Choose another name`,
    )
}

function fieldOf(name: string, value: unknown): Field {
  checkFieldName(name, limits.maxFieldNameBytes)
  if (value === undefined) return undefined
  if (!isAwarenessField(name)) return sharedValue('presence', name, value)
  // The awareness of a view is checked when the view publishes it.
  return isViewField(name) ? sharedValue('awareness', '', value) : sharedAwareness(value)
}

/** @throws {InvalidValueError} */
export function checkFieldName(name: string, maxBytes: number): void {
  checkKey(`presence: the field name '${receivedText(name)}'`, name, maxBytes)
}

/** @throws {InvalidValueError} */
export function sharedAwareness(value: unknown): SharedValue {
  // Editor bindings put instances of Yjs classes into awareness, which y-protocols allows.
  const shared = sharedValue('awareness', '', value, 'as JSON')
  if (!readAwarenessClaim(shared.value))
    throw new InvalidValueError(
      "awareness: the state is no object: give one of fields, like { user: { name: 'Ada' } }, or null",
    )
  return shared
}

/** The fields that count towards the limits. The room's own announcements have limits of their own. */
function limitedFields(all: ReadonlyMap<string, Field>): [name: string, field: Field][] {
  return [...all].filter(([name]) => !isAnnouncement(name))
}

/** Whether other members might not accept the fields, because of the names of removed ones. */
function areNamesTooMany(all: ReadonlyMap<string, Field>): boolean {
  const fields = limitedFields(all)
  return fields.length > limits.maxPresenceFieldsInAll || bytesOf(fields) > limits.maxPresenceBytes
}

function bytesOf(fields: readonly [name: string, field: Field][]): number {
  return fields.reduce((bytes, [name, field]) => bytes + byteLength(name) + (field?.bytes ?? 0), 0)
}

function checkSize(all: ReadonlyMap<string, Field>): void {
  const fields = limitedFields(all).filter(([, field]) => field !== undefined)
  const ownFields = fields.filter(([name]) => !isViewField(name))
  if (ownFields.length > limits.maxPresenceFields) throw tooManyFieldsError()
  if (fields.length > limits.maxPresenceFieldsInAll)
    throw new InvalidValueError(
      `presence: at most ${limits.maxPresenceFieldsInAll} different fields with those of all views. Remove some, or put several into one`,
    )
  checkBytes('presence', bytesOf(fields), limits.maxPresenceBytes)
}

export function tooManyFieldsError(): InvalidValueError {
  return new InvalidValueError(
    `presence: at most ${limits.maxPresenceFields} different fields, with the awareness of each document. Remove some, or put several into one`,
  )
}

function valuesOf(fields: ReadonlyMap<string, Field>): Record<string, Json> {
  const values = [...fields].flatMap(([name, field]) =>
    field === undefined || isReservedField(name) ? [] : [[name, field.value] as const],
  )
  return Object.fromEntries(values)
}
