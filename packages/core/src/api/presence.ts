/** Presence: the interface through which an app uses the presence of each member in a room, and of the views of a member. */
import type { TypedEventTarget } from 'main-event'
import type { Store } from './store.ts'

/** A view of another member, such as one window of its app. Immutable: the same object until one of its fields changes. */
export interface OtherView<P extends object> {
  /** The id of the view, which is unique among the views of its member. */
  readonly id: string
  /** The fields of the view alone. hearsay does not check their shape: check it before you rely on it. */
  readonly presence: Readonly<Partial<P>>
}

/** Another member in the room. Immutable: it stays the same object until one of its fields or views changes. */
export interface Other<P extends object> {
  /** The member id. */
  readonly id: string
  /**
   * The presence that the member published. If the member has views, their fields replace the member's own fields of the
   * same name, and the field of the view that had the focus last replaces those of other views. hearsay does not check
   * the shape: check it before you rely on it.
   */
  readonly presence: Readonly<Partial<P>>
  /** The views of the member, ordered by id. Empty unless the member's process calls `presence.view`. */
  readonly views: readonly OtherView<P>[]
}

/** One member's presence changed. */
export interface PresenceUpdate {
  /** The member id. */
  readonly id: string
  /**
   * Names of the fields that were changed or removed, in the presence of the member or of one of its views. A view that
   * opens, closes or gets the focus changes the fields whose values differ afterwards. Empty: the member entered the
   * room, disappeared from it, left and entered again, or published all of its presence again.
   */
  readonly fields: readonly string[]
}

/** Events of the presence in a room. */
export type PresenceEvents = {
  /**
   * The presence of another member changed: at most one event for each member and step. Never fires for the local
   * member, and not for a view that opens or closes without fields. `others` is up to date when it fires.
   */
  update: CustomEvent<PresenceUpdate>
}

/** One view of this member in a room, such as a window of an app whose windows share one member. */
export interface PresenceView {
  /** The id under which the view was opened. */
  readonly id: string
  /**
   * Changes fields of this view alone, as `presence.set` changes those of the member.
   *
   * @throws {InvalidValueError} as `presence.set`, but a name has at most 137 bytes and a value 99 levels, and the 64 fields
   *   are those of this view. Nothing changed.
   * @throws {NotRunningError} the room was left, or the view was closed
   */
  set(change: { readonly [name: string]: unknown }): void
  /**
   * The user turned to this view: from now on its fields replace those of the other views in the member's presence.
   *
   * @throws {NotRunningError} the room was left, or the view was closed
   */
  focus(): void
  /** Closes the view and removes its fields and its awareness. The fields of the member and of other views stay. Idempotent. */
  close(): void
}

/**
 * Presence: a small state that each member in the room publishes, field by field. Presence is never stored, and ends when the
 * member leaves the room. Presence of a dead member is hidden. When the member returns in the same generation, that
 * is, without a restart and without having left the room, its presence reappears unchanged.
 */
export interface Presence<P extends object> {
  /** The fields that this member publishes, without those of its views. The store is up to date when `set` returns. */
  readonly own: Store<Readonly<Partial<P>>>
  /**
   * The other members in the room, ordered by member id: those that are alive, and those that are suspect and have been
   * seen alive before. A member is listed once its fields have arrived, never without them.
   */
  readonly others: Store<readonly Other<P>[]>
  /** Changes of other members' presence. */
  readonly events: TypedEventTarget<PresenceEvents>
  /**
   * Changes the named fields and removes those that are `undefined`. All other fields stay. The first change is sent
   * immediately. Later changes are sent at most every 50 ms, with only the newest value of each field. In a room with more
   * than 20 members, the interval is 2.5 ms × members. Setting an equal value sends nothing.
   *
   * A value is `null`, a boolean, a finite number, a well-formed string, or an array or plain object of such values, at
   * most 100 levels deep. A property that is `undefined` is left out, and −0 becomes 0.
   *
   * @throws {InvalidValueError} the argument is not an object of fields, or JSON would change a value. In the second case
   *   the message contains the path to that value. Nothing changed.
   * @throws {InvalidValueError} a name begins with `awareness:` or `view:`, or is `documents:` or `unreachable:`. Nothing
   *   changed.
   * @throws {InvalidValueError} the presence exceeds 64 fields, or with all views 256 fields or 16 kB. The awareness of
   *   documents that are open counts. Removed fields do not. Nothing changed.
   * @throws {NotRunningError} the room was left
   */
  set(change: { readonly [field in keyof P]?: P[field] | undefined }): void
  /**
   * Opens a view of this member, for an app that shows one member in several windows. Returns the same object until the
   * view is closed. A view ends with the room, and is not opened again when the member restarts.
   *
   * @param id unique among the views of this member in the room: 1 to 64 bytes
   * @throws {InvalidOptionsError} the id is unusable, or 32 views are open already
   * @throws {InvalidValueError} the presence exceeds its limits with the view. Nothing changed.
   * @throws {NotRunningError} the room was left
   */
  view(id: string): PresenceView
}
