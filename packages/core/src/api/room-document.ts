/** Room document: the interface through which an app and its editor use a Yjs document that the members in a room share. */
import type { ObservableV2 } from 'lib0/observable'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { NotAllowedError } from './errors.ts'

/**
 * Whether the document is synchronised with the room: `disconnected` after `disconnect()`, `destroy()` or after the room
 * was left. Says nothing about other members: see `room.members`.
 */
export type ProviderStatus = 'connected' | 'disconnected'

/**
 * Events of a provider. The events fire after the step that caused them, when the properties of the provider are up to date.
 * Each listener is isolated: one that throws is reported and changes nothing else.
 */
export type ProviderEvents = {
  /** `status` changed. */
  status: (event: { readonly status: ProviderStatus }) => void
  /** `synced` changed. */
  synced: (isSynced: boolean) => void
  /** The same as `synced`, under the name that y-websocket introduced. */
  sync: (isSynced: boolean) => void
  /**
   * Another member's replica uses this document's Yjs client id, or used it while the two members were disconnected. One
   * of the two replicas takes a new client id immediately. If both replicas wrote under one client id while they were
   * disconnected, their content stays different, because Yjs treats the two changes as the same change. Give each replica
   * a client id of its own, as hearsay does.
   */
  collision: (event: DocumentCollision) => void
  /**
   * A local change is too large for the other members: the document, or a single value in it, has more than 256 MiB of
   * content that is not deleted. Other members reject the change and all later changes of this client id. The change stays
   * in this replica and in the store.
   *
   * In a room with writers the limit is 8 MiB for the whole document as an update, with the traces of deleted content, and
   * 64 MiB for all documents of the room. The change and all later local changes stay in this replica. The provider neither
   * shares nor stores them until the document is small enough again.
   */
  'too-large': (event: DocumentTooLarge) => void
  /**
   * This member changed its replica but may not write the document: it is not a writer of the room, or has the role `reader`.
   * The change stays in this replica, and is neither shared nor stored. Open the document read-only while `canWrite` is false.
   * Fires at most every 50 ms. Without a listener, hearsay reports the first such error, as an event target reports errors.
   * If the member becomes a writer, its next change also shares the earlier changes.
   */
  'not-allowed': (event: DocumentNotAllowed) => void
  /**
   * The members that have the document open compacted it and began a new epoch: traces of departed clients are removed.
   * The content is the same, but all Yjs ids and the document's client id are new. Undo stacks and relative positions from
   * before no longer resolve. Changes of this replica that the compaction did not include are kept: they are removed and
   * applied again in the same step.
   *
   * Compaction begins when at least 1,024 clients have written the document, and at least eight times as many clients as
   * members have it open. A compaction also needs a break of 3 s in which no member writes; without such a break, the
   * compaction begins after a minute. Compaction does not begin while the document has more than 64 MiB of content that is not
   * deleted, or while a member listens to the document's `update` event, because another provider may depend on the ids.
   */
  epoch: (event: DocumentEpoch) => void
  /**
   * While this replica was disconnected, other members compacted the document more than once, or no member still stores
   * the state before the compaction. Local changes therefore cannot be merged. The document takes the content of the other
   * members. The event contains the previous replica. The provider keeps this replica in its property `superseded`.
   */
  superseded: (event: DocumentSuperseded) => void
}

/** Detail of the event `epoch`. */
export interface DocumentEpoch {
  /** Number of compactions of the document so far, ≥ 1. */
  readonly number: number
}

/** Detail of the event `superseded`. */
export interface DocumentSuperseded {
  /** The previous replica as a Yjs update (version 1). Apply it to a new `Y.Doc`, never to this document. */
  readonly update: Uint8Array
}

/** Detail of the event `too-large`. */
export interface DocumentTooLarge {
  /** Approximate size of the content that is not deleted, in bytes: a character counts as one byte. */
  readonly bytes: number
  /** The limit, in bytes. */
  readonly maxBytes: number
}

/** Detail of the event `not-allowed`. */
export interface DocumentNotAllowed {
  /** The message names the document that this member may not write. */
  readonly error: NotAllowedError
}

/** Detail of the event `collision`. */
export interface DocumentCollision {
  /** Id of the member with the other replica. */
  readonly member: string
  /** The shared client id: that of this document when the collision was detected. */
  readonly clientID: number
}

/** Options of `room.document`. */
export interface DocumentOptions {
  /**
   * Writes the initial content, once: when the document is synced and still empty. Of the members in the room that gave a
   * seed, only the one with the smallest id runs it. The function receives a separate empty document, whose content is
   * then copied. If two members that cannot reach each other run equal seeds, the contents merge into one; different seeds
   * both remain. An error that the function throws is reported, and the document stays empty.
   *
   * Has an effect only in the call that opens the document. hearsay chooses the client id: setting that of the separate
   * document has no effect.
   *
   * @default the document starts empty
   */
  readonly seed?: (doc: Y.Doc) => void
}

// The `{ [x: string]: any }` of y-protocols does not fit the types of editor bindings.
// biome-ignore lint/suspicious/noExplicitAny: the editor's binding chooses the type of a state
type AwarenessState = any

/**
 * Awareness of y-protocols, with states of any type, because bindings (such as Lexical's) declare their own types of
 * state. An awareness state counts towards the 16 kB of the room's presence.
 */
export interface DocumentAwareness extends Awareness {
  /** This client's state; null if it has none. */
  getLocalState(): AwarenessState
  /** All states, by Yjs client id, this client's included. */
  getStates(): Map<number, AwarenessState>
}

/** Connects a document to its room, with the events and properties that editor bindings expect of a Yjs provider. */
export interface Provider extends Pick<ObservableV2<ProviderEvents>, 'on' | 'once' | 'off' | 'emit'> {
  /** The document. */
  readonly doc: Y.Doc
  /** Awareness of the document: cursors, selections and names, by Yjs client id. */
  readonly awareness: DocumentAwareness
  /** Whether the document is synchronised with the room. `connected` when the document is opened. */
  readonly status: ProviderStatus
  /**
   * Whether this replica contains everything that some synced replica contained, or no living member has more content.
   * Precisely:
   *
   * - `synced` becomes true when an exchange with a synced replica ends, or finds that both replicas are equal.
   * - `synced` also becomes true when no member of the room has a synced replica, and one member has established that no
   *   member has more content. That member has the smallest id of the members that have the document open; members with
   *   a `seed` take precedence. The other members become synced through it. It needs three conditions, and waits at
   *   least 1 s after it opened the document:
   *   1. It has compared its view of the cluster with another member, or has been alone for 1 s. A dial of a bootstrap
   *      address that has neither failed nor led to a connection delays this, at most until 10 s after the start.
   *   2. Every other member of the room that may be alive has announced which documents it has open. A member that
   *      announces nothing for 10 s counts as having no document.
   *   3. Each member that has this document open has an empty replica, or nothing that the own replica lacks.
   * - `synced` becomes false when a member that has just become reachable proves to have more content. Such a member has
   *   just entered the room, opened the document or reconnected, or was on the other side of a partition. `synced` becomes
   *   true again when this replica has merged that content, or when that member has closed the document, left or died. If
   *   the connection to that member closes, the next exchange with any synced replica is enough.
   * - `synced` becomes false when this provider is disconnected.
   *
   * Two new members with empty replicas never make each other synced while they know a member that has more content.
   *
   * In a room with writers the same holds for the changes of all documents of the room together, and `synced` stays true
   * while the provider is connected.
   */
  readonly synced: boolean
  /**
   * Resolves when all changes in this replica so far, local and remote, are stored and survive the end of this process.
   * Without the option `storage` they are in memory only, and the promise resolves as well.
   *
   * While an update waits for another one on which it depends, the document does not show it. Of such updates those are stored
   * that the app applied, except in a room with writers. Those of other members come again with the missing ones.
   *
   * @throws {StorageError} the changes could not be written. The changes stay in memory, and the member retries the write
   *   while it runs. In a room with writers also if the document is too large.
   * @throws {NotAllowedError} the replica contains changes of this member, which is not a writer of the room, or has the role
   *   `reader`; in a view also if the view may not write
   * @throws {NotRunningError} the document was changed after the room was left or after the document was destroyed, or, in a
   *   room with writers, while the document was disconnected; in a view also if the document is disconnected now
   */
  stored(): Promise<void>
  /**
   * Previous replicas of this document that could not be merged (see the event `superseded`), as Yjs updates (version 1),
   * oldest first. The list has at most 16 replicas: the next one replaces the oldest. The provider keeps them, in the store
   * if there is one, until the app calls `discardSuperseded()`.
   */
  readonly superseded: readonly Uint8Array[]
  /** Removes all replicas in `superseded`. Call it when the app has copied what it needs. */
  discardSuperseded(): void
  /**
   * Synchronises again after `disconnect()`. Does nothing while connected.
   *
   * @throws {NotRunningError} the room was left, or the document was destroyed
   */
  connect(): void
  /** Sends pending changes, then stops synchronising. The document stays usable. Idempotent. */
  disconnect(): void
  /**
   * Disconnects, and destroys the document and its awareness. `room.document()` then creates new ones. Idempotent.
   */
  destroy(): void
}

/**
 * A document of a room. The objects of the document stay the same until the room is left or the provider is destroyed. After
 * the room is left, the objects stay usable without synchronisation.
 */
export interface RoomDocument {
  /** The document's name in the room. The default document has the empty string as its name. */
  readonly name: string
  /** The Yjs document that the members share. */
  readonly doc: Y.Doc
  /**
   * Awareness of the document: cursors, selections and names. The room's presence carries it. Created, and published, at
   * first use.
   */
  readonly awareness: DocumentAwareness
  /** Connects the document to the room: status, `synced`, events. */
  readonly provider: Provider
  /** Whether this member may write the document now: see `Room.canWrite`. */
  readonly canWrite: boolean
}
