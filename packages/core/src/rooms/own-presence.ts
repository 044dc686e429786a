/**
 * Own presence: what this member shows of itself in one room, checked before it is said.
 *
 * Changes are gathered; each field that changed is said once, with its newest value. Awareness is said as any other
 * field and counts as such, but apps do not see it.
 */
import { InvalidValueError } from '../cluster/errors.ts'
import { createStore, type OwnedStore } from '../cluster/store.ts'
import { byteLength } from '../wire/byte-length.ts'
import { type Json, printJson } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import type { SpaceFactBody } from '../wire/space-fact.ts'
import { holdingsField, isReservedField, unreachableField } from './reserved-fields.ts'

interface Field {
  readonly value: Json | undefined
  readonly text: string | undefined
}

export class OwnPresence {
  readonly store: OwnedStore<Readonly<Record<string, Json>>>
  readonly #entered: () => number
  #fields: ReadonlyMap<string, Field> = new Map()
  readonly #unsaid = new Set<string>()
  #version = 0
  #snapshot: Readonly<Record<string, Json>> = Object.freeze({})

  /** @param entered the present entry's number */
  constructor(entered: () => number) {
    this.#entered = entered
    this.store = createStore(() => this.#snapshot)
  }

  /** @returns whether anything changed. @throws {InvalidValueError} nothing changed */
  set(change: Readonly<Record<string, unknown>>): boolean {
    const fields = new Map(this.#fields)
    const changed: string[] = []
    for (const [name, value] of Object.entries(change)) {
      const field = fieldOf(name, value)
      if (fields.get(name)?.text === field.text) continue
      fields.set(name, field)
      changed.push(name)
    }
    checkSize(fields)
    this.#fields = fields
    for (const name of changed) this.#unsaid.add(name)
    if (!changed.every(isReservedField)) this.#snapshot = Object.freeze(valuesOf(fields))
    this.store.refresh()
    return changed.length > 0
  }

  /** What is to be said. */
  take(): SpaceFactBody[] {
    const bodies = [...this.#unsaid].map(name => {
      this.#version += 1
      const value = this.#fields.get(name)?.value
      return { type: 'field', entered: this.#entered(), version: this.#version, name, value } as const
    })
    this.#unsaid.clear()
    return bodies
  }
}

function fieldOf(name: string, value: unknown): Field {
  if (byteLength(name) > limits.maxFieldNameBytes)
    throw new InvalidValueError(`presence: a field name is at most ${limits.maxFieldNameBytes} bytes`)
  if (value === undefined) return { value: undefined, text: undefined }
  const printed = printJson(value)
  if (!printed) throw new InvalidValueError(`presence: '${name}' cannot be written as JSON`)
  return printed
}

function checkSize(all: ReadonlyMap<string, Field>): void {
  // What the room itself announces is bounded by itself.
  const fields = [...all].filter(([name]) => name !== holdingsField && name !== unreachableField)
  if (fields.length > limits.maxPresenceFields)
    throw new InvalidValueError(
      `presence: at most ${limits.maxPresenceFields} different fields, removed ones included. Put several into one`,
    )
  let bytes = 0
  for (const [name, { text }] of fields) bytes += byteLength(name) + byteLength(text ?? '')
  if (bytes > limits.maxPresenceBytes)
    throw new InvalidValueError(
      `presence: ${bytes} bytes, at most ${limits.maxPresenceBytes}. What is large belongs into a document`,
    )
}

function valuesOf(fields: ReadonlyMap<string, Field>): Record<string, Json> {
  const values = [...fields].flatMap(([name, { value }]) =>
    value === undefined || isReservedField(name) ? [] : [[name, value] as const],
  )
  return Object.fromEntries(values)
}
