/** Room document: a Yjs document that those in a room share, as an app and its editor see it. */
import type { ObservableV2 } from 'lib0/observable'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

/** Whether the document is synchronised with the room. Who else is there, the room knows. */
export type ProviderStatus = 'connected' | 'disconnected'

export type ProviderEvents = {
  status: (event: { readonly status: ProviderStatus }) => void
  /** `synced` changed. */
  synced: (isSynced: boolean) => void
  /** The same, under the name that y-websocket gave it first. */
  sync: (isSynced: boolean) => void
}

/** What connects a document to its room, with the events and properties that editor bindings expect. */
export interface Provider extends Pick<ObservableV2<ProviderEvents>, 'on' | 'once' | 'off' | 'emit'> {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly status: ProviderStatus
  /**
   * What somebody in the room had is here: an exchange brought it, or showed that both are equal. Also if for one
   * second nobody else was in the room, or nobody one is connected to there has the document open. It stays true
   * until this is disconnected.
   */
  readonly synced: boolean
  /**
   * Resolves when all changes so far, whoever made them, would survive the end of this process.
   *
   * @throws {StorageError} they could not be written; they will be tried again with the next change
   */
  stored(): Promise<void>
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
  readonly awareness: Awareness
  readonly provider: Provider
}
