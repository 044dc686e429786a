/** Room session: the room of one provider. Presence set before the room is joined is published once it is joined. */
import type { Room } from '@hearsay/core'
import { checkPresence } from './any-presence.ts'
import type { Resource } from './resource.ts'

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
    outcome.value.presence.set(change)
  }
}
