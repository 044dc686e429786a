/** Room visit: one provider's way into a room. What is to be shown before it is entered is shown as soon as it is. */
import type { Room } from '@hearsay/core'
import { checkPresence } from './any-presence.ts'
import type { Resource } from './resource.ts'

export class RoomSession {
  readonly source: Resource<Room>
  /** The newest of each field. */
  #pendingUpdates: Record<string, never> = {}

  constructor(source: Resource<Room>) {
    this.source = source
  }

  /** @throws {TypeError} no object @throws {InvalidValueError} @throws {NotRunningError} as the room's presence does, if it is entered */
  update(change: object): void {
    checkPresence('useUpdatePresence', change)
    Object.assign(this.#pendingUpdates, change)
    this.flushPending()
  }

  /** If the room is entered. */
  flushPending(): void {
    const outcome = this.source.getSnapshot()
    if (outcome.type !== 'ready') return
    const change = this.#pendingUpdates
    this.#pendingUpdates = {}
    outcome.value.presence.set(change)
  }
}
