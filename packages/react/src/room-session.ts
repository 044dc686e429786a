/** Room visit: one provider's way into a room. What is to be shown before it is entered is shown as soon as it is. */
import type { Room } from '@hearsay/core'
import { checkPresence } from './any-presence.ts'
import type { Source } from './resource.ts'

export class RoomVisit {
  readonly source: Source<Room>
  /** The newest of each field. */
  #unsaid: Record<string, never> = {}

  constructor(source: Source<Room>) {
    this.source = source
  }

  /** @throws {TypeError} no object @throws {InvalidValueError} @throws {NotRunningError} as the room's presence does, if it is entered */
  update(change: object): void {
    checkPresence('useUpdatePresence', change)
    Object.assign(this.#unsaid, change)
    this.sayUnsaid()
  }

  /** If the room is entered. */
  sayUnsaid(): void {
    const outcome = this.source.getSnapshot()
    if (outcome.type !== 'ready') return
    const change = this.#unsaid
    this.#unsaid = {}
    outcome.value.presence.set(change)
  }
}
