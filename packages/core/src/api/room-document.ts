/** Room document: a Yjs document that those in a room share, as an app and its editor see it. */
import type { ObservableV2 } from 'lib0/observable'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

/** Whether the document is synchronised with the room. Who else is there, the room knows. */
export type ProviderStatus = 'connected' | 'disconnected'

/** They fire after the step that caused them, each listener isolated. The properties of the provider are up to date. */
export type ProviderEvents = {
  status: (event: { readonly status: ProviderStatus }) => void
  /** `synced` changed. */
  synced: (isSynced: boolean) => void
  /** The same, under the name that y-websocket gave it first. */
  sync: (isSynced: boolean) => void
  /**
   * Another member writes under this document's client id, or wrote under it while apart. One of the two draws a new
   * id at once. What was written apart under one id stays different on both sides: Yjs takes it for the same. Give
   * each replica an id of its own, as hearsay does.
   */
  collision: (event: DocumentCollision) => void
  /**
   * A change made here is too large for the others: the document has more than 256 MB of content that is not deleted,
   * or a single value has. They refuse it, and everything later of this client. It stays here, and in the store.
   */
  'too-large': (event: DocumentTooLarge) => void
  /**
   * The members that hold the document have compacted it, which drops what is left of clients that are gone: the document
   * shows the same, under other ids, and has another client id. Undo stacks and relative positions from before find nothing any more. Changes
   * that this replica had beyond what was compacted are kept: they go and come again within the same moment.
   *
   * It happens when 1,024 clients or more have written the document, eight times as many as have it open, and nobody has
   * written for 3 s (or for a minute somebody always has). It does not happen while a member listens to the document's
   * `update` events: another provider may follow the ids.
   */
  epoch: (event: DocumentEpoch) => void
  /**
   * While this replica was away the others compacted the document more than once, or nobody knows any more what they
   * compacted. So changes made here cannot be merged. The document becomes that of the others; the replica as it was
   * is handed over, and stays in `superseded`.
   */
  superseded: (event: DocumentSuperseded) => void
}

export interface DocumentEpoch {
  /** Counts the compactions of the document, from 1. */
  readonly number: number
}

export interface DocumentSuperseded {
  /** The replica as it was, as a Yjs update, version 1. It goes into a document of its own. */
  readonly update: Uint8Array
}

export interface DocumentTooLarge {
  /** Bytes of the content that is not deleted, about: a character counts as one. */
  readonly bytes: number
  readonly maxBytes: number
}

export interface DocumentCollision {
  /** Id of the member with the other replica. */
  readonly member: string
  /** Of this document, when it was noticed. */
  readonly clientID: number
}

export interface DocumentOptions {
  /**
   * Fills the document once, if it is empty when it is known to be synced. At most one member runs it: of those in the
   * room that gave a seed, the one with the smallest id. It writes into an empty document of its own, from which the
   * content is taken over. If two members that could not reach each other ran equal seeds, their content merges into
   * one; different seeds both stay. An error that it throws is reported, and the document stays empty.
   *
   * Taken into account when the document is opened, not for one that is open already.
   */
  readonly seed?: (doc: Y.Doc) => void
}

// y-protocols has `{ [x: string]: any }`, which no binding's type fits.
// biome-ignore lint/suspicious/noExplicitAny: a state is what the editor's binding makes it
type AwarenessState = any

/** Awareness of y-protocols, whose states a binding may take as its own type, as that of Lexical does. */
export interface DocumentAwareness extends Awareness {
  getLocalState(): AwarenessState
  getStates(): Map<number, AwarenessState>
}

/** What connects a document to its room, with the events and properties that editor bindings expect. */
export interface Provider extends Pick<ObservableV2<ProviderEvents>, 'on' | 'once' | 'off' | 'emit'> {
  readonly doc: Y.Doc
  readonly awareness: DocumentAwareness
  readonly status: ProviderStatus
  /**
   * This replica contains everything that some synced replica contained, or no living member holds more. Precisely:
   *
   * - It becomes true when an exchange with a member whose replica is synced has ended, or found both equal.
   * - It becomes true when no member of the room has a synced replica, and it is established that none holds more: this
   *   member has compared its view of the cluster with another one (or has dialled every bootstrap address in vain and
   *   been alone for a second), every other member of the room that may be alive has announced which documents it has
   *   open, and each of those that have this one open is empty, or has nothing that is not here. The member with the
   *   smallest id of those that have it open (first of those with a `seed`) establishes it, at the earliest one second
   *   after it opened the document, and the others become synced through it. A member that announces nothing for ten
   *   seconds is taken to hold nothing.
   * - It becomes false when a member that has just become reachable (it entered, opened the document, reconnected, or a
   *   partition healed) turns out to hold more, and true again when that has been merged or the member is gone; and
   *   when this provider is disconnected.
   *
   * Two empty newcomers never make each other synced while a member that holds more is known.
   */
  readonly synced: boolean
  /**
   * Resolves when all changes so far, whoever made them, would survive the end of this process.
   *
   * @throws {StorageError} they could not be written; they will be tried again with the next change
   */
  stored(): Promise<void>
  /**
   * Replicas of this document, as Yjs updates, that could not be merged (see the event `superseded`), the oldest first;
   * at most 16, later ones replace the oldest. Kept, in the store if there is one, until `discardSuperseded()`.
   */
  readonly superseded: readonly Uint8Array[]
  /** The app has taken over what it needs of `superseded`. */
  discardSuperseded(): void
  /** Synchronises again after `disconnect()`. @throws {NotRunningError} the room was left, or this was destroyed */
  connect(): void
  /** The document stays usable and is not synchronised any more. Idempotent. */
  disconnect(): void
  /** Disconnects, and destroys document and awareness. The room makes new ones when asked. Idempotent. */
  destroy(): void
}

/** A document of a room. The same objects until the room is left, and usable afterwards. */
export interface RoomDocument {
  /** Empty: the room's own. */
  readonly name: string
  readonly doc: Y.Doc
  /** Who is there in the document, carried by the room's presence; made, and told of, at first use. */
  readonly awareness: DocumentAwareness
  readonly provider: Provider
}
