/** Room: the interface through which an app uses presence, documents and broadcasts that some members of the cluster share. */
import type { TypedEventTarget } from 'main-event'
import type * as Y from 'yjs'
import type { Member } from '../member/member.ts'
import type { Json } from '../wire/json.ts'
import type { HeldBy, HeldByOptions } from './held-by.ts'
import type { Presence } from './presence.ts'
import type { DocumentAwareness, DocumentOptions, Provider, RoomDocument } from './room-document.ts'
import type { Store } from './store.ts'

/** A broadcast of another member. */
export interface RoomEvent {
  /** The member id. */
  readonly from: string
  /** The value that it broadcast, as JSON carries it. hearsay does not check its shape. */
  readonly value: Json
}

/** Events of a room. */
export type RoomEvents = {
  /**
   * Another member broadcast a value. Fires at most once for each broadcast, and never for the local member's own
   * broadcasts.
   */
  event: CustomEvent<RoomEvent>
}

/**
 * A room that this member has entered: the handle that an app uses.
 *
 * Listeners run after the step that caused them: first those of stores, then those of events (`presence.events` before
 * `events`), each isolated from the others (see {@link Store}). Any method may be called in any listener.
 */
export interface Room<P extends object = Record<string, Json>> {
  /** The name under which the room was entered. */
  readonly name: string
  /**
   * The members in the room, this one included, ordered by id: those that are alive, and those that are suspect and have
   * been seen alive before. Changes when a member enters or leaves the room, or when the member's object in
   * `cluster.members` changes; not when presence changes.
   */
  readonly members: Store<readonly Member[]>
  /** Small state that each member in the room publishes, for instance cursors and names. */
  readonly presence: Presence<P>
  /** The default document, with the name `''`: `document('').doc`. Created at first use. */
  readonly doc: Y.Doc
  /** Awareness of the default document, for editor bindings: `document('').awareness`. Created at first use. */
  readonly awareness: DocumentAwareness
  /** Provider of the default document: `document('').provider`. Created at first use. */
  readonly provider: Provider
  /**
   * Whether this member may write the documents of the room now. True unless the room has the option `writers`, or this
   * member has the role `reader`. Presence, awareness and broadcasts are open to all.
   */
  readonly canWrite: boolean
  /**
   * Opens a document of the room. Returns the same objects until the room is left or the provider is destroyed. After
   * the room is left the document stays usable and is no longer synchronised.
   *
   * @throws {InvalidOptionsError} the name is not a well-formed string of at most 128 bytes, 64 documents are open
   *   already, or an option is unusable
   * @throws {NotRunningError} the room was left, and the document was not open before
   */
  document(name: string, options?: DocumentOptions): RoomDocument
  /**
   * Broadcasts of other members: each is delivered at most once and never stored. A member that enters later does not
   * receive earlier ones. Presence is up to date when an event fires.
   */
  readonly events: TypedEventTarget<RoomEvents>
  /**
   * Sends a value once to the other members that are in the room now. Delivery is not guaranteed.
   *
   * @throws {InvalidValueError} JSON would change the value (see `presence.set`), or it is over 32 kB. Nothing was
   *   sent.
   * @throws {RateLimitError} this member broadcasts more than 256 KiB a second, after a burst of 1 MiB, in all rooms
   *   together. Each broadcast counts as 512 bytes more than its value. Nothing was sent.
   * @throws {NotRunningError} the room was left
   */
  broadcast(value: unknown): void
  /**
   * Sends a query to the other members in the room: does their content of the documents that this member has open equal the
   * content at this member? Presence is not compared. Calls count together with other queries. Without a call, hearsay sends
   * nothing for this.
   *
   * Rejects with an {@link InvalidOptionsError} if an option is invalid, with a {@link RateLimitError} if this member asks
   * more often than other members accept (see `Cluster.query`), and with a {@link NotRunningError} if the room was left.
   */
  heldBy(options?: HeldByOptions): Promise<HeldBy>
  /**
   * Leaves the room and announces it to the other members. Documents keep their content and are no longer synchronised.
   * Idempotent. If views of this member have the room open (`serveCluster`), only the presence and awareness of this app
   * disappear, and the member leaves with the last view. While components of `@hearsay/react` have the room open, nothing
   * changes: the member leaves with the last of them.
   */
  leave(): void
}
