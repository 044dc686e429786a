/** Owned provider: the interface through which the documents of a room use the provider of an open document. */
import type * as Y from 'yjs'
import type { Provider } from '../api/room-document.ts'
import type { DocumentHost } from './document-host.ts'
import type { Seed } from './document-seed.ts'
import type { PresenceAwareness } from './presence-awareness.ts'
import type { ViewAwareness } from './view-awareness.ts'

/** Stores the provider under the name of its document. */
export interface DocumentOwner {
  /** Draws a client id for the document that no member has used. */
  drawClientId(document: string): void
  destroyed(document: string): void
}

export interface OwnedProviderOptions {
  readonly name: string
  readonly doc: Y.Doc
  readonly seed: Seed | undefined
  readonly host: DocumentHost
  readonly owner: DocumentOwner
}

export interface OwnedProvider extends Provider, ViewAwareness {
  readonly awareness: PresenceAwareness
  /** Whether this member may write the document now. */
  readonly canWrite: boolean
  /** An exchange may have changed the document. */
  stepped(): void
  /** The awareness of other members or of views in this document may have changed. */
  presenceChanged(): void
  /** The document's client id has changed. */
  clientChanged(): void
  /** Another member writes under the same client id. */
  reportCollision(memberId: string): void
  /** The other members are in an epoch that this replica cannot enter. */
  supersede(): void
  /** Removes the awareness of the app until it changes. */
  withdrawAwareness(): void
  /** Sends and stores pending changes at once. */
  flush(): void
}
