/**
 * Open view: one view of this member in a room. The view publishes its fields and its awareness as reserved fields of the
 * member's presence.
 *
 * A view has a slot from opening to closing. Closing removes all fields of the slot that have a value.
 */
import { NotRunningError } from '../api/errors.ts'
import type { PresenceView } from '../api/presence.ts'
import { type SharedValue, sharedValue } from '../api/shared-value.ts'
import type { LocalClaim } from '../documents/presence-awareness.ts'
import {
  maxViewFieldNameBytes,
  viewAwarenessField,
  viewField,
  viewHeaderField,
} from '../rooms/view-fields.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import { checkFieldName, checkFields, sharedAwareness, tooManyFieldsError } from './local-presence.ts'
import type { PresencePublisher } from './presence-publisher.ts'

/** The part of a room that its views use. */
export interface ViewHost {
  readonly notifications: AppNotifications
  readonly publisher: Pick<PresencePublisher, 'set'>
  /** @throws {NotRunningError} the room was left */
  readonly checkOpen: () => void
  /** The awareness of a view has changed, in one document or in all. */
  readonly awarenessChanged: () => void
}

export interface OpenViewOptions extends ViewHost {
  /** Whether this is the number of the view that had the focus last. */
  readonly isFocused: (focus: number) => boolean
  /** The number of a view that gets the focus: greater than the numbers of all other views. */
  readonly nextFocus: () => number
  readonly closed: () => void
}

export class OpenView implements PresenceView {
  readonly id: string
  readonly slot: number
  readonly number: number
  readonly #options: OpenViewOptions
  /** The names of the fields that have a value. */
  #names: ReadonlySet<string> = new Set()
  readonly #documents = new Set<string>()
  #focus = 0
  #isOpen = true

  /** @param number the number of the view among all that were opened */
  constructor(id: string, slot: number, number: number, options: OpenViewOptions) {
    this.id = id
    this.slot = slot
    this.number = number
    this.#options = options
  }

  set(change: Readonly<Record<string, unknown>>): void {
    this.#checkOpen()
    checkFields(change)
    const names = new Set(this.#names)
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) names.delete(name)
      else names.add(name)
    }
    if (names.size > limits.maxPresenceFields) throw tooManyFieldsError()
    const fields = Object.entries(change).map(([name, value]) => {
      checkFieldName(name, maxViewFieldNameBytes)
      const field = value === undefined ? undefined : sharedValue('presence', name, value)
      return [viewField(this.slot, name), this.#numbered(field)]
    })
    this.#publish(Object.fromEntries(fields))
    this.#names = names
  }

  focus(): void {
    this.#checkOpen()
    const { isFocused, nextFocus } = this.#options
    if (!isFocused(this.#focus)) this.announce(nextFocus())
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const names = [
      viewHeaderField(this.slot),
      ...[...this.#names].map(name => viewField(this.slot, name)),
      ...[...this.#documents].map(document => viewAwarenessField(this.slot, document)),
    ]
    this.#options.closed()
    this.#publish(Object.fromEntries(names.map(name => [name, undefined])))
    if (this.#documents.size > 0) this.#options.awarenessChanged()
  }

  /** Publishes the header of the view. @throws {InvalidValueError} a value is invalid. Nothing was changed */
  announce(focus: number): void {
    this.#publish({ [viewHeaderField(this.slot)]: { id: this.id, focus, number: this.number } })
    this.#focus = focus
  }

  claim(document: string, claim: LocalClaim | undefined): void {
    if (!claim && !this.#documents.has(document)) return
    const field = claim && sharedAwareness(claim)
    this.#publish({ [viewAwarenessField(this.slot, document)]: this.#numbered(field) })
    this.#documents.add(document)
    this.#options.awarenessChanged()
  }

  #numbered(field: SharedValue | undefined): readonly [number: number, value: Json] | undefined {
    return field && [this.number, field.value]
  }

  #publish(fields: Readonly<Record<string, unknown>>): void {
    this.#options.notifications.step(() => this.#options.publisher.set(fields))
  }

  #checkOpen(): void {
    this.#options.checkOpen()
    if (!this.#isOpen) throw new NotRunningError(`the view '${this.id}' was closed: open another one`)
  }
}
