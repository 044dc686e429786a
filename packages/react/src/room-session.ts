/** Room session: the room of one provider. Presence set before the room is joined is published once it is joined. */
import type { Json, Room } from '@hearsay/core'
import type { Resource } from './resource.ts'
import { showPresence } from './shown-presence.ts'

export class RoomSession {
  readonly source: Resource<Room>
  /** The newest value of each field that is not published yet. */
  #pendingUpdates: Record<string, never> = {}

  constructor(source: Resource<Room>) {
    this.source = source
  }

  /**
   * @throws {TypeError} the change is no object
   * @throws {InvalidValueError} @throws {NotRunningError} as the room's `presence.set` does, once the room is joined
   */
  update(change: object): void {
    checkPresence('useUpdatePresence', change)
    Object.assign(this.#pendingUpdates, change)
    this.flushPending()
  }

  /** Publishes the pending updates if the room is joined. */
  flushPending(): void {
    const outcome = this.source.getSnapshot()
    if (outcome.type !== 'ready') return
    const change = this.#pendingUpdates
    this.#pendingUpdates = {}
    showPresence(outcome.value, change)
  }
}

/** The presence fields of a member: any JSON values. */
export type AnyPresence = Record<string, Json>

/** Rejects a string or an array: spreading it would turn its characters or items into fields. @throws {TypeError} */
export function checkPresence(what: string, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what}: give an object of fields, like { typing: true }`)
}
