/** Room: what some of the members share, as an app sees it. */
import type { TypedEventTarget } from 'main-event'
import type * as Y from 'yjs'
import type { Member } from '../member/member.ts'
import type { Json } from '../wire/json.ts'
import type { DocumentAwareness, DocumentOptions, Provider, RoomDocument } from './room-document.ts'
import type { Store } from './store.ts'

/** Somebody else in the room. Immutable; an unchanged one keeps its object. */
export interface Other<P extends object> {
  /** The member id. */
  readonly id: string
  /** What it shows of itself; whatever it sent, so check before you rely on it. */
  readonly presence: Readonly<Partial<P>>
}

/** Whose presence changed, and which fields; no fields: it came, went, or left and entered anew. */
export interface PresenceUpdate {
  readonly id: string
  readonly fields: readonly string[]
}

export type PresenceEvents = { update: CustomEvent<PresenceUpdate> }

/**
 * Presence: a small state of each member for the others in the room, field by field, kept by nobody for longer than
 * the member is there. The presence of a dead member is hidden, and reappears unchanged when the member returns.
 */
export interface Presence<P extends object> {
  /** What this member shows of itself. */
  readonly own: Store<Readonly<Partial<P>>>
  /**
   * The other members in the room, ordered by member id: alive, or suspect and once seen alive. A member is listed when
   * its fields have arrived, never without them.
   */
  readonly others: Store<readonly Other<P>[]>
  /** Changes of others. */
  readonly events: TypedEventTarget<PresenceEvents>
  /**
   * Changes the named fields; those that are `undefined` are removed, all others stay. Told at once, then at most
   * every 50 ms (from 20 members in the room on 2.5 ms a member), the newest of each field.
   *
   * A value is `null`, a boolean, a finite number, a well-formed text, or a list or plain object of such, up to 100
   * levels deep. A property that is `undefined` is left out, and −0 is 0.
   *
   * @throws {InvalidValueError} no object of fields; a value that JSON would change, with the path to it; a name that
   *   begins with `awareness:`, or is `documents:` or `unreachable:`; or more than 16 kB or 64 field names in all, the
   *   awareness of documents included; nothing changed
   * @throws {NotRunningError} the room was left
   */
  set(change: { readonly [field in keyof P]?: P[field] | undefined }): void
}

/** What somebody broadcast. */
export interface RoomEvent {
  /** The member id. */
  readonly from: string
  readonly value: Json
}

export type RoomEvents = { event: CustomEvent<RoomEvent> }

/**
 * A room as an app holds it. Its listeners run as those of the cluster, see {@link Store}: after the step, stores first,
 * each isolated. Any method may be called in any of them.
 */
export interface Room<P extends object = Record<string, Json>> {
  readonly name: string
  /**
   * Members in the room that are alive or suspect, this one included, ordered by id. It changes when a member enters,
   * leaves or is another object in `cluster.members`, never with presence.
   */
  readonly members: Store<readonly Member[]>
  readonly presence: Presence<P>
  /** The room's own document, that of the name `''`: made at first use, as are `awareness` and `provider`. */
  readonly doc: Y.Doc
  /** Who is there in the room's own document, for editor bindings. */
  readonly awareness: DocumentAwareness
  readonly provider: Provider
  /**
   * One of the room's documents. The same objects until the room is left; they stay usable then.
   *
   * @throws {InvalidOptionsError} no well-formed text of at most 128 bytes, 64 documents are open, or an option that
   *   cannot be used
   * @throws {NotRunningError} the room was left
   */
  document(name: string, options?: DocumentOptions): RoomDocument
  /** What others broadcast: each once, stored by nobody. Presence is up to date when an event fires. */
  readonly events: TypedEventTarget<RoomEvents>
  /**
   * To whoever is in the room now, oneself excepted. It may be lost.
   *
   * @throws {InvalidValueError} a value that JSON would change (as in `presence.set`), or more than 32 kB; nothing was
   *   sent
   * @throws {NotRunningError} the room was left
   */
  broadcast(value: unknown): void
  /**
   * Others see at once that this member is gone from the room. Documents stay as they are, and are not synchronised
   * any more. Idempotent.
   */
  leave(): void
}
