/**
 * Presence publisher: sends this member's presence to the other members of one room, at a limited rate.
 *
 * The first change after a pause is sent immediately, and later changes are sent together at the end of the interval.
 * Reserved fields, which announce documents and awareness, are sent in the same way. After `stop`, presence no longer
 * changes. This file decides when to send; local-presence.ts makes what is sent.
 */
import type { Store } from '../api/store.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { SpacesDriver } from '../runtime/spaces-driver.ts'
import { Throttle } from '../runtime/throttle.ts'
import type { LocalPresence } from './local-presence.ts'

/**
 * Interval between two messages with presence, by the number of members in the room. Our choice: 50 ms (20 a second) looks
 * smooth; from 20 members on 2.5 ms × members, so that all members together send at most 400 messages a second.
 */
export function presenceIntervalMs(members: number): number {
  return Math.max(50, 2.5 * members)
}

export interface PresencePublisherOptions {
  /** The space tag of the room. */
  readonly space: string
  readonly driver: Pick<SpacesDriver, 'publish'>
  readonly notifications: AppNotifications
}

export class PresencePublisher {
  readonly #presence: LocalPresence
  readonly #send: Throttle
  #isStopped = false

  /** @param members the members of the room */
  constructor(
    { space, driver, notifications }: PresencePublisherOptions,
    presence: LocalPresence,
    members: Store<readonly unknown[]>,
  ) {
    this.#presence = presence
    this.#send = new Throttle(
      notifications.clock,
      () => presenceIntervalMs(members.getSnapshot().length),
      () => void driver.publish(space, presence.takeUnsent()),
    )
  }

  /**
   * Changes the named fields; undefined removes a field.
   *
   * @throws {InvalidValueError} a value is invalid. Nothing was changed
   */
  set(fields: Readonly<Record<string, unknown>>): void {
    if (!this.#isStopped && this.#presence.set(fields)) this.#send.request()
  }

  /** Publishes all fields again, in another generation. */
  renew(): void {
    if (this.#isStopped) return
    this.#presence.renew()
    this.#send.request()
  }

  stop(): void {
    this.#isStopped = true
    this.#send.stop()
  }
}
